import type { Pool } from '@onrecord/shared/postgres/pool';
import type { ClientBase, QueryResultRow } from 'pg';
import { appendAudit } from '../../audit/append-audit.ts';
import type { RecordingKey } from '../../change-recording.ts';
import { RETENTION } from '../../domain/actor.ts';
import { metadataDueAt } from '../../domain/metadata-due.ts';
import type { Pseudonyms } from '../../pseudonyms.ts';
import { isDatabaseAway } from '../database-away.ts';
import { lockSubjects } from '../erasures/lock-subjects.ts';
import type { NumberReading } from '../facts.ts';
import { loadEntry } from '../load-entry.ts';
import type { Policies } from '../load-policies.ts';
import { inTenant } from '../tenancy.ts';
import { forgetCall, forgetConference, isBeingErased, KEPT_RETRY_MS } from './forget-call.ts';

export interface ForgetContext {
  pool: Pool;
  accounts: readonly string[];
  policies: Policies;
  reading: NumberReading;
  now: Date;
  /** Of each account. */
  limit: number;
}

/** What is wrong with one that fails takes a person or another version: it is left alone for so long. */
export const FAILED_RETRY_MS = 600_000;

/**
 * Removes what is known of recordings whose period for metadata is over, and of their calls where nothing else needs it. The SIDs stay,
 * with the date, and so do deletions, certificates and the audit log.
 * @returns how many were due of the account with the most, at most `limit`
 * @throws the first error, after everything else was done
 */
export async function forgetRecordings(context: ForgetContext): Promise<number> {
  const { pool, accounts, now, limit } = context;
  const due = await inTenant(pool, accounts, async (client) => {
    const { rows } = await client.query<{ account_sid: string; recording_sid: string }>(
      `select ready.* from unnest($1::text[]) configured(account_sid) cross join lateral (
         select account_sid, recording_sid from ledger.recordings
         where account_sid = configured.account_sid and metadata_due_at <= $2 order by metadata_due_at limit $3
       ) ready`,
      [accounts, now, limit],
    );
    return rows.map((row) => ({ accountSid: row.account_sid, recordingSid: row.recording_sid }));
  });
  const failures: unknown[] = [];
  for (const key of due) {
    try {
      await inTenant(pool, key.accountSid, (client) => forgetOne(client, key, context));
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      failures.push(error);
      const later = new Date(now.getTime() + FAILED_RETRY_MS);
      await inTenant(pool, key.accountSid, (client) => putOff(client, key, later));
    }
  }
  if (failures.length > 0) throw failures[0];
  return mostOfOne(due);
}

export function mostOfOne(due: readonly { accountSid: string }[]): number {
  const counts = new Map<string, number>();
  for (const { accountSid } of due) counts.set(accountSid, (counts.get(accountSid) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

async function forgetOne(client: ClientBase, key: RecordingKey, { policies, reading, now }: ForgetContext) {
  const { accountSid, recordingSid } = key;
  // Before any row is locked. Who tells a fact or places a hold has either committed before, or finds what is done here.
  await lockSubjects(client, accountSid, 'change');
  const row = await lockDue(client, key, now);
  if (row === undefined) return;
  const entry = await loadEntry(client, row, reading);
  const policy = (await policies.of(client, accountSid))(entry);
  const dueAt = metadataDueAt(entry, policy);
  if (dueAt === undefined || dueAt > now) return putOff(client, key, dueAt);
  const { recording, legs, participants } = entry.facts;
  if (await isBeingErased(client, accountSid, [...legs, ...participants], [recordingSid]))
    return putOff(client, key, new Date(now.getTime() + KEPT_RETRY_MS));
  await client.query('select ledger.forget_recording($1, $2, $3)', [accountSid, recordingSid, now]);
  const calls = recording.callSid === undefined ? participants : [recording.callSid];
  const forgotten = await forgetCalls(client, accountSid, calls, now, reading.pseudonyms);
  const { conferenceSid } = recording;
  if (conferenceSid !== undefined) await forgetConference(client, accountSid, conferenceSid, now);
  await appendAudit(client, [
    {
      ...{ accountSid, at: now, kind: 'metadata.removed', actor: RETENTION, subject: { recordingSid } },
      details: { cause: 'schedule', policy: policy.mark, legs: forgotten },
    },
  ]);
}

async function forgetCalls(
  client: ClientBase,
  accountSid: string,
  calls: readonly string[],
  now: Date,
  pseudonyms: Pseudonyms,
): Promise<number> {
  let forgotten = 0;
  for (const callSid of calls) forgotten += await forgetCall(client, { accountSid, callSid }, now, pseudonyms);
  return forgotten;
}

async function lockDue(client: ClientBase, key: RecordingKey, now: Date): Promise<QueryResultRow | undefined> {
  const { rows } = await client.query<QueryResultRow>(
    `select * from ledger.recordings where account_sid = $1 and recording_sid = $2 and metadata_due_at <= $3
     for no key update skip locked`,
    [key.accountSid, key.recordingSid, now],
  );
  return rows[0];
}

async function putOff(client: ClientBase, key: RecordingKey, dueAt: Date | undefined): Promise<void> {
  await client.query(
    'update ledger.recordings set metadata_due_at = $3 where account_sid = $1 and recording_sid = $2',
    [key.accountSid, key.recordingSid, dueAt],
  );
}
