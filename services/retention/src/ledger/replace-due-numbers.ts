import type { Pool } from '@onrecord/shared/postgres/pool';
import type { ClientBase } from 'pg';
import { appendAudit } from '../audit/append-audit.ts';
import type { RecordingKey } from '../change-recording.ts';
import { RETENTION } from '../domain/actor.ts';
import type { Pseudonyms } from '../pseudonyms.ts';
import { isDatabaseAway } from './database-away.ts';
import { scrubUnlessHeld } from './erasures/cover-call.ts';
import { lockSubjects } from './erasures/lock-subjects.ts';
import { legsOf } from './facts.ts';
import { updateRow } from './rows.ts';
import { inTenant } from './tenancy.ts';

/** What is held is looked at again after this: holds last for months, and a recording that is released is planned at once. */
const HELD_RETRY_MS = 86_400_000;

/** What is wrong with a row that fails takes a person or another version: it is left alone for so long. */
const FAILED_RETRY_MS = 600_000;

interface DueNumbers {
  accounts: readonly string[];
  now: Date;
  limit: number;
  pseudonyms: Pseudonyms;
  /** The numbers of this recording's calls could not be replaced, and are tried again later. */
  onFailed(key: RecordingKey, error: unknown): void;
}

/**
 * Puts pseudonyms in place of the telephone numbers of calls whose period for numbers is over. A number stays while another recording of
 * the same call or conference still needs it, and while a hold covers any of them. One that cannot be replaced is put aside, and holds up
 * nobody but itself.
 * @returns how many recordings were due of the account with the most, at most `limit`
 */
export async function replaceDueNumbers(pool: Pool, work: DueNumbers): Promise<number> {
  let due = 0;
  for (const accountSid of await accountsWithDue(pool, work.accounts, work.now)) {
    due = Math.max(due, await replaceDueOf(pool, accountSid, work));
  }
  return due;
}

/** In one transaction; where that fails, and not because the database is away, each recording in one of its own. */
async function replaceDueOf(pool: Pool, accountSid: string, work: DueNumbers): Promise<number> {
  try {
    return await replaceIn(pool, accountSid, work);
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
  }
  const rows = await inTenant(pool, accountSid, (client) => selectDue(client, accountSid, work));
  for (const { recordingSid } of rows) {
    try {
      await replaceIn(pool, accountSid, work, recordingSid);
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      const key = { account_sid: accountSid, recording_sid: recordingSid };
      const aside = { numbers_due_at: new Date(work.now.getTime() + FAILED_RETRY_MS) };
      await inTenant(pool, accountSid, (client) => updateRow(client, 'ledger.recordings', key, aside));
      work.onFailed({ accountSid, recordingSid }, error);
    }
  }
  return rows.length;
}

/** @param only this one of them */
const replaceIn = (pool: Pool, accountSid: string, work: DueNumbers, only?: string): Promise<number> =>
  inTenant(pool, accountSid, async (client) => {
    // Before any row is locked: writers of facts take it first, too.
    await lockSubjects(client, accountSid, 'share');
    const rows = await selectDue(client, accountSid, work, { only, locking: 'for no key update skip locked' });
    for (const row of rows) await replaceOne(client, { accountSid, ...row }, work.now, work.pseudonyms);
    return rows.length;
  });

/** So that hundreds of accounts at rest cost one statement. */
async function accountsWithDue(pool: Pool, accounts: readonly string[], now: Date): Promise<string[]> {
  const { rows } = await inTenant(pool, accounts, (client) =>
    client.query<{ account_sid: string }>(
      `select account_sid from unnest($1::text[]) configured(account_sid) where exists (
         select from ledger.recordings where account_sid = configured.account_sid and numbers_due_at <= $2
       )`,
      [accounts, now],
    ),
  );
  return rows.map((row) => row.account_sid);
}

interface DueRow {
  recordingSid: string;
  callSids: string[];
}

async function selectDue(
  client: ClientBase,
  accountSid: string,
  { now, limit }: DueNumbers,
  { only, locking = '' }: { only?: string | undefined; locking?: string } = {},
): Promise<DueRow[]> {
  const { rows } = await client.query<DueRow>(
    `select recording_sid as "recordingSid", case when call_sid is not null then array[call_sid] else array(
       select call_sid from ledger.participants joined
       where joined.account_sid = $1 and joined.conference_sid = recording.conference_sid
     ) end as "callSids"
     from ledger.recordings recording where account_sid = $1 and numbers_due_at <= $2
       and ($4::text is null or recording_sid = $4)
     order by numbers_due_at limit $3 ${locking}`,
    [accountSid, now, limit, only],
  );
  return rows;
}

async function replaceOne(
  client: ClientBase,
  { accountSid, recordingSid, callSids }: DueRow & { accountSid: string },
  now: Date,
  pseudonyms: Pseudonyms,
): Promise<void> {
  const legs = await legsOf(client, accountSid, callSids);
  const { rows } = await client.query<{ until: Date | null }>(
    `select numbers_due_at as until from ledger.recordings
     where account_sid = $1 and recording_sid <> $3 and numbers_replaced_at is null and metadata_removed_at is null
       and (call_sid = any($2) or conference_sid in (
         select conference_sid from ledger.participants where account_sid = $1 and call_sid = any($2)
       ))
       and (numbers_due_at is null or numbers_due_at > $4)
     order by numbers_due_at desc nulls first limit 1`,
    [accountSid, legs, recordingSid, now],
  );
  const subject = { accountSid, names: legs, coversUntil: now };
  const isReplaced = rows.length === 0 && (await scrubUnlessHeld(client, subject, legs, pseudonyms));
  const lookAgainAt = rows.length > 0 ? rows[0]?.until : new Date(now.getTime() + HELD_RETRY_MS);
  await client.query(
    `update ledger.recordings set numbers_due_at = $3, numbers_replaced_at = $4
     where account_sid = $1 and recording_sid = $2`,
    [accountSid, recordingSid, isReplaced ? null : lookAgainAt, isReplaced ? now : null],
  );
  if (!isReplaced) return;
  const entry = { accountSid, at: now, kind: 'numbers.replaced' as const, actor: RETENTION };
  await appendAudit(client, [{ ...entry, subject: { recordingSid }, details: { cause: 'schedule' } }]);
}
