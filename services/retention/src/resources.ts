import { openEventLog } from '@onrecord/shared/event-log/open';
import type { EventLog } from '@onrecord/shared/event-log/port';
import { createPublisher } from '@onrecord/shared/event-log/publisher';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { type OutboxRelay, startOutboxRelay } from '@onrecord/shared/postgres/outbox-relay';
import { openPool, type Pool } from '@onrecord/shared/postgres/pool';
import type { Logger } from '@onrecord/shared/telemetry/logger';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { createMetrics } from '@onrecord/shared/telemetry/metrics';
import type { TwilioAccounts } from '@onrecord/shared/twilio/accounts';
import { watchAccounts } from '@onrecord/shared/twilio/watch-accounts';
import type { Registry } from 'prom-client';
import { filingWithdrawals } from './clearance/file-withdrawals.ts';
import type { RetentionConfig } from './config.ts';
import { prepareDatabase } from './ledger/prepare-database.ts';
import { requireSameKey } from './ledger/pseudonym-key.ts';
import { createPseudonyms } from './pseudonyms.ts';

/** What is given is used and stays open when the service stops. */
export interface RetentionOverrides {
  eventLog?: EventLog | undefined;
  objectStore?: ObjectStore | undefined;
  pool?: Pool | undefined;
  logger?: Logger | undefined;
  metrics?: Registry | undefined;
  clock?: (() => Date) | undefined;
}

/** What the service stands on. */
export interface Resources {
  accounts: TwilioAccounts;
  logger: Logger;
  registry: Registry;
  pool: Pool;
  eventLog: EventLog;
  objectStore: ObjectStore;
  relay: OutboxRelay;
  clock: () => Date;
}

export type Closers = (() => Promise<unknown>)[];

/** No callback waits for these events: the outbox keeps them while the log takes its time. */
const PUBLISH_DEADLINE_MS = 30_000;

/** Opens everything, in the order in which it is to be closed backwards. */
export async function openResources(
  config: RetentionConfig,
  overrides: RetentionOverrides,
  closers: Closers,
): Promise<Resources> {
  const logger = overrides.logger ?? createLogger({ service: 'retention', level: config.logLevel });
  const registry = overrides.metrics ?? createMetrics('retention');
  const accounts = await watchAccounts({ ...config.accounts, logger });
  closers.push(async () => accounts[Symbol.dispose]());
  const { role } = await prepareDatabase(config.database, logger);
  const pool = overrides.pool ?? openOwnPool(config, role, logger, closers);
  await requireSameKey(pool, createPseudonyms(config.pseudonymKey));
  const eventLog = overrides.eventLog ?? (await openEventLog({ ...config.eventLog, clientId: 'retention', logger }));
  if (overrides.eventLog === undefined) closers.push(() => eventLog.close());
  const objectStore = overrides.objectStore ?? (await openObjectStore(config.objectStore));
  if (overrides.objectStore === undefined) closers.push(() => objectStore.close());
  const publisher = createPublisher(eventLog, { deadlineMs: PUBLISH_DEADLINE_MS });
  closers.push(() => publisher.close());
  const filing = filingWithdrawals(publisher, objectStore);
  const relay = startOutboxRelay({ pool, publisher: filing, logger, metrics: registry });
  closers.push(() => relay.close());
  return {
    accounts,
    logger,
    registry,
    pool,
    eventLog,
    objectStore,
    relay,
    clock: overrides.clock ?? (() => new Date()),
  };
}

function openOwnPool({ database }: RetentionConfig, role: string | undefined, logger: Logger, closers: Closers): Pool {
  const { url, poolMax: max } = database;
  const pool = openPool({ url, role, max, applicationName: 'retention', logger });
  closers.push(() => pool.end());
  return pool;
}
