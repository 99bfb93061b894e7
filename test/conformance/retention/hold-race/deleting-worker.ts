import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountsSource } from '@onrecord/retention/adapters/accounts-source';
import { ruleBook } from '@onrecord/retention/domain/jurisdictions/built-in';
import { builtInPolicy } from '@onrecord/retention/domain/policy';
import { openLedger } from '@onrecord/retention/ledger/postgres-ledger';
import { createPseudonyms } from '@onrecord/retention/pseudonyms';
import { createSweeps } from '@onrecord/retention/sweeps';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import type { ObjectStoreOptions } from '@onrecord/shared/object-store/options';
import { openPool } from '@onrecord/shared/postgres/pool';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { accountsOf } from '@onrecord/shared/twilio/accounts';

/** Where a worker finds what it deletes. */
export interface WorkerPlace {
  databaseUrl: string;
  role: string | undefined;
  pseudonymKey: string;
  store: ObjectStoreOptions;
  twilioUrl: string;
  accountSid: string;
}

/** Short, so that what a killed worker had taken is soon another's. A killed request ends within seconds of its server's time. */
const LIMITS = { leaseMs: 1_500, allowedMs: 1_000, inFlightMs: 5_000 };

const clock = () => new Date();

export const policyOfTheRace = builtInPolicy({
  consentMode: 'explicit',
  gracePeriodMs: 60 * 60_000,
  conferenceSettleMs: 30_000,
  refusalDeletionDelayMs: 1_000,
  retentionPeriodMs: 30 * 86_400_000,
  channelMap: { order: 'parent-first', bySource: new Map() },
  transcription: { provider: 'deepgram', options: {}, canDiarize: true, fallback: undefined },
});

const tool = { name: 'onrecord-retention', version: 'test' };

/** The ledger as a process of the service has it, on the clock of the day. */
export function ledgerOf({ databaseUrl: url, role, accountSid, pseudonymKey }: WorkerPlace) {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const pool = openPool({ url, role, max: 24, applicationName: 'hold-race', logger });
  const pseudonyms = createPseudonyms(pseudonymKey);
  const ledger = openLedger({
    ...{ pool, pseudonyms, clock, builtIn: policyOfTheRace },
    ruleBook: ruleBook(),
    accounts: () => [accountSid],
    certification: { store: 'the race', eventLogRetentionMs: 86_400_000, tool },
    onPublish: () => undefined,
    onLater: () => undefined,
    onFailed: () => undefined,
  });
  return { pool, ledger, pseudonyms, clock };
}

export function twilioOf({ accountSid, twilioUrl }: WorkerPlace) {
  const accounts = accountsOf(() => [{ accountSid, authTokens: ['token'], apiUrl: twilioUrl }]);
  return { accounts, source: accountsSource({ accounts, clock }) };
}

/** A process that deletes what is due, and can be killed. */
export async function startDeletingWorker(place: WorkerPlace) {
  const child: ChildProcess = spawn(process.execPath, [import.meta.filename, JSON.stringify(place)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  await Promise.race([once(child, 'message'), exited.then(() => Promise.reject(new Error('the worker ended')))]);
  return {
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function work(place: WorkerPlace): Promise<void> {
  const parts = ledgerOf(place);
  const objects = await openObjectStore(place.store);
  const sweeps = createSweeps(
    {
      ...{ ...parts, ...twilioOf(place), objects, batchLimits: LIMITS },
      onLeft: () => undefined,
      plansAgree: async () => true,
      onDecision: () => undefined,
      onDeletionAttempt: () => undefined,
    },
    { batch: 50, deletionsAtOnce: 4, leaseMs: LIMITS.leaseMs },
  );
  // Its parent may be gone by now.
  process.send?.('sweeping', () => undefined);
  for (;;) {
    let isMore = false;
    for (const { sweep } of sweeps) isMore = (await sweep().catch(() => false)) || isMore;
    if (!isMore) await sleep(20);
  }
}

const [, , given] = process.argv;
if (process.argv[1] === import.meta.filename && given !== undefined) {
  // Its parent may be killed, too.
  process.on('disconnect', () => process.exit());
  await work(JSON.parse(given));
}
