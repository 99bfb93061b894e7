import { ruleBook } from '@onrecord/retention/domain/jurisdictions/built-in';
import { builtInPolicy } from '@onrecord/retention/domain/policy';
import { type Ledger, openLedger } from '@onrecord/retention/ledger/postgres-ledger';
import { prepareDatabase } from '@onrecord/retention/ledger/prepare-database';
import { createPseudonyms } from '@onrecord/retention/pseudonyms';
import { openPool, type Pool } from '@onrecord/shared/postgres/pool';
import { createLogger } from '@onrecord/shared/telemetry/logger';

const ACCOUNT = `AC${'0'.repeat(32)}`;
const DAY_MS = 86_400_000;
export const NOW = new Date('2026-06-01T00:00:00Z');
/** Filling ten million rows and their indexes takes minutes. */
const FILL_TIMEOUT_MS = 3_600_000;

export interface SweepLedger {
  ledger: Ledger;
  /** Takes back what was begun, so that as many are due as at first. */
  makeDue(): Promise<void>;
  close(): Promise<void>;
}

const logger = createLogger({ service: 'bench', level: 'silent' });

/** A ledger with so many archived recordings, of which as many are due; the others are kept for years. */
export async function openSweepLedger(
  database: { url: string; drop(): Promise<void> },
  { rows, due }: { rows: number; due: number },
): Promise<SweepLedger> {
  const { url } = database;
  const timeouts = { statementTimeoutMs: FILL_TIMEOUT_MS, answerTimeoutMs: FILL_TIMEOUT_MS };
  const owner = openPool({ url, max: 2, applicationName: 'bench', logger, ...timeouts });
  const { role } = await prepareDatabase({ url }, logger);
  const policy = policyOf();
  await fill(owner, { rows, due, mark: policy.mark });
  const pool = openPool({ url, role, max: 4, applicationName: 'bench', logger });
  const ledger = openLedger({
    pool,
    accounts: () => [ACCOUNT],
    builtIn: policy,
    ...ledgerParts(),
    clock: () => NOW,
    onPublish: () => undefined,
    onLater: () => undefined,
    onFailed: (_key, error) => {
      throw error;
    },
  });
  return {
    ledger,
    makeDue: () => makeDue(owner, policy.mark),
    close: async () => {
      await Promise.all([pool.end(), owner.end()]);
      await database.drop();
    },
  };
}

const policyOf = () =>
  builtInPolicy({
    consentMode: 'explicit',
    gracePeriodMs: 3_600_000,
    conferenceSettleMs: 30_000,
    refusalDeletionDelayMs: DAY_MS,
    retentionPeriodMs: 30 * DAY_MS,
    channelMap: { order: 'parent-first', bySource: new Map() },
    transcription: { provider: 'deepgram', options: {}, canDiarize: true, fallback: undefined },
  });

const ledgerParts = () => ({
  ruleBook: ruleBook(),
  pseudonyms: createPseudonyms('a-pseudonym-key-of-32-characters'),
  certification: { store: 's3://recordings', eventLogRetentionMs: DAY_MS, tool: { name: 'bench', version: '1' } },
});

/** SIDs as Twilio's: without order, so that an index is filled and read all over. */
const SID = (prefix: string) => `'${prefix}' || md5(number::text)`;

async function fill(pool: Pool, { rows, due, mark }: { rows: number; due: number; mark: string }): Promise<void> {
  await pool.query('insert into ledger.accounts values ($1, $2)', [ACCOUNT, NOW]);
  const restore = await withoutIndexes(pool);
  // In the order of the primary key, which stays: ten million keys all over it would be written many times.
  await pool.query(
    `insert into ledger.recordings (account_sid, recording_sid, call_sid, twilio_status, channels, duration_seconds,
       reported_at, first_seen_at, learned_at, prefix, state, decision, delete_after, delete_cause, planned_with)
     select $1, ${SID('RE')}, ${SID('CA')}, 'completed', 2, 60, at, at, at, $1 || '/2026/04/01/' || number || '/',
       'archived', 1, at + interval '30 days', 'schedule', $4
     from (select number from generate_series(1, $2) number order by md5(number::text)) numbers, lateral (
       select case when number <= $3 then $5::timestamptz - interval '31 days'
         else $5::timestamptz + number * interval '1 second' end as at
     ) reported`,
    [ACCOUNT, rows, due, mark, NOW],
  );
  await pool.query(
    `insert into ledger.archives (account_sid, recording_sid, store, prefix, channels, duration_seconds, archived_at, learned_at)
     select account_sid, recording_sid, 's3://recordings', prefix, 2, 60, reported_at, reported_at
     from ledger.recordings where delete_after <= $1`,
    [NOW],
  );
  for (const statement of restore) await pool.query(statement);
  await pool.query('vacuum (analyze) ledger.recordings');
}

/** Indexes and references are made once the rows are there, as they are by a restored dump. @returns statements that make them again */
async function withoutIndexes(pool: Pool): Promise<string[]> {
  const { rows: indexes } = await pool.query<{ indexname: string; indexdef: string }>(
    `select indexname, indexdef from pg_indexes
     where schemaname = 'ledger' and tablename = 'recordings' and indexname <> 'recordings_pkey'`,
  );
  for (const { indexname } of indexes) await pool.query(`drop index ledger.${indexname}`);
  const { rows: references } = await pool.query<{ name: string; definition: string }>(
    `select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
     where conrelid = 'ledger.recordings'::regclass and contype = 'f'`,
  );
  for (const { name } of references) await pool.query(`alter table ledger.recordings drop constraint ${name}`);
  return [
    ...indexes.map(({ indexdef }) => indexdef),
    ...references.map(({ name, definition }) => `alter table ledger.recordings add constraint ${name} ${definition}`),
  ];
}

async function makeDue(pool: Pool, mark: string): Promise<void> {
  await pool.query(
    `update ledger.recordings set delete_after = reported_at + interval '30 days', delete_cause = 'schedule', state = 'archived',
       planned_with = $1
     where (account_sid, recording_sid) in (select account_sid, recording_sid from ledger.deletions)`,
    [mark],
  );
  await pool.query('delete from ledger.deletions');
  await pool.query('vacuum (analyze) ledger.recordings, ledger.deletions');
}
