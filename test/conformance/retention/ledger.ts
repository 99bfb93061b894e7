import { acceptFact } from '@onrecord/retention/accept-fact';
import { ruleBook } from '@onrecord/retention/domain/jurisdictions/built-in';
import { builtInPolicy, type RetentionPolicy } from '@onrecord/retention/domain/policy';
import { type Ledger, openLedger } from '@onrecord/retention/ledger/postgres-ledger';
import { prepareDatabase } from '@onrecord/retention/ledger/prepare-database';
import { createReader, type RecordsReader } from '@onrecord/retention/ledger/read/reader';
import { createPseudonyms, type Pseudonyms } from '@onrecord/retention/pseudonyms';
import type { OnrecordEvent } from '@onrecord/shared/events';
import { openPool, type Pool } from '@onrecord/shared/postgres/pool';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import type { TwilioAccount } from '@onrecord/shared/twilio/accounts';
import { requireServer } from '../../servers/available.ts';
import { createDatabase } from '../../servers/postgres.ts';
import { ACCOUNT, at } from './facts.ts';

export const policy = builtInPolicy({
  consentMode: 'explicit',
  gracePeriodMs: 60 * 60_000,
  conferenceSettleMs: 30_000,
  refusalDeletionDelayMs: 24 * 3_600_000,
  retentionPeriodMs: 30 * 86_400_000,
  channelMap: { order: 'parent-first', bySource: new Map() },
  transcription: { provider: 'deepgram', options: {}, canDiarize: true, fallback: undefined },
});

export const certification = {
  store: 'file:///recordings',
  eventLogRetentionMs: 14 * 86_400_000,
  tool: { name: 'onrecord-retention', version: 'test' },
};

/** The one that is configured. */
const own: TwilioAccount = { accountSid: ACCOUNT, authTokens: ['token'], apiUrl: 'http://127.0.0.1:1' };

export const pseudonyms = createPseudonyms('a-pseudonym-key-of-32-characters');

const logger = createLogger({ service: 'test', level: 'silent' });

/** A ledger on a real Postgres, with a clock that the test turns. */
export interface TestLedger {
  url: string;
  /** Of the application, as it was made. */
  role: string | undefined;
  /** As the owner, who sees everything. */
  pool: Pool;
  /** As the service, which sees what it names: the ledger and the reader work on this one. */
  application: Pool;
  pseudonyms: Pseudonyms;
  ledger: Ledger;
  reader: RecordsReader;
  /** What the ledger believes the time to be. */
  now: Date;
  clock: () => Date;
  /** Handles an event as the consumer would. @returns the outcomes of the decisions that were made */
  take(...events: OnrecordEvent[]): Promise<string[]>;
  /** The types of the events that wait in the outbox, oldest first, and takes them out. */
  published(): Promise<OnrecordEvent[]>;
  close(): Promise<void>;
}

export async function startLedger(builtIn: RetentionPolicy = policy): Promise<TestLedger> {
  const database = await createDatabase(requireServer('postgres').url);
  const pool = openPool({ url: database.url, max: 20, applicationName: 'retention-test', logger });
  const { role } = await prepareDatabase({ url: database.url }, logger);
  const application = openPool({ url: database.url, role, max: 20, applicationName: 'retention-test', logger });
  const clock = () => test.now;
  const ledger = openLedger({
    pool: application,
    accounts: () => [ACCOUNT],
    builtIn,
    certification,
    pseudonyms,
    ruleBook: ruleBook(),
    clock,
    onPublish: () => undefined,
    onLater: () => undefined,
    onFailed: () => undefined,
  });
  const test: TestLedger = {
    url: database.url,
    role,
    pool,
    application,
    pseudonyms,
    ledger,
    reader: createReader(
      application,
      { builtIn, ruleBook: ruleBook(), pseudonyms, clock },
      { find: (accountSid) => (accountSid === ACCOUNT ? own : undefined), all: () => [own] },
    ),
    now: at(1),
    clock,
    take: async (...events) => {
      const outcomes: string[] = [];
      const onDecision = ({ decision }: { decision?: { clearance: { outcome: string } } | undefined }) =>
        void outcomes.push(decision?.clearance.outcome ?? 'none');
      for (const event of events) await acceptFact(ledger, event, { now: test.now, onDecision });
      return outcomes;
    },
    published: async () => {
      const { rows } = await pool.query<{ event: OnrecordEvent }>(
        'with taken as (delete from messaging.outbox returning *) select event from taken order by position',
      );
      return rows.map(({ event }) => event);
    },
    close: async () => {
      await application.end();
      await pool.end();
      await database.drop();
    },
  };
  return test;
}
