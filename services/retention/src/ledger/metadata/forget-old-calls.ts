import type { Pool } from '@onrecord/shared/postgres/pool';
import type { ClientBase, QueryResultRow } from 'pg';
import { appendAudit } from '../../audit/append-audit.ts';
import { RETENTION } from '../../domain/actor.ts';
import { isDatabaseAway } from '../database-away.ts';
import { placesOf } from '../erasures/cover-call.ts';
import { lockSubjects } from '../erasures/lock-subjects.ts';
import { legsOf } from '../facts.ts';
import { inTenant } from '../tenancy.ts';
import { dueOf, mayBeDueBefore } from './call-due.ts';
import { areKnown, forgetCall, lookAgainAt } from './forget-call.ts';
import { FAILED_RETRY_MS, type ForgetContext, mostOfOne } from './forget-recordings.ts';
import { tagsOf } from './judge-call.ts';

/** So that no date is relied on for longer: rules read tags and what else may change without a word to this. */
const LOOK_AGAIN_MS = 30 * 86_400_000;

/**
 * Removes what is known of calls without recordings: the default period for metadata, or a longer one that a rule has for the call, counts
 * from their last status. A call with recordings goes with the last of them.
 * @returns how many legs were looked at of the account with the most, at most `limit`
 * @throws the first error, after everything else was done
 */
export async function forgetOldCalls(context: ForgetContext): Promise<number> {
  const { pool, accounts, now } = context;
  const due: { accountSid: string; callSid: string }[] = [];
  for (const accountSid of await accountsWithCalls(pool, accounts, now)) {
    due.push(...(await inTenant(pool, accountSid, (client) => selectDue(client, accountSid, context))));
  }
  const failures: unknown[] = [];
  for (const leg of due) {
    try {
      await inTenant(pool, leg.accountSid, (client) => forgetOne(client, leg, context));
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      failures.push(error);
      const later = new Date(now.getTime() + FAILED_RETRY_MS);
      await inTenant(pool, leg.accountSid, (client) => lookAgainAt(client, leg.accountSid, [leg.callSid], later));
    }
  }
  if (failures.length > 0) throw failures[0];
  return mostOfOne(due);
}

/** So that hundreds of accounts at rest cost one statement: without a policy of its own, an account keeps its metadata for ever. */
async function accountsWithCalls(pool: Pool, accounts: readonly string[], now: Date): Promise<string[]> {
  const { rows } = await inTenant(pool, accounts, (client) =>
    client.query<{ account_sid: string }>(
      `select account_sid from unnest($1::text[]) configured(account_sid) where exists (
         select from ledger.calls where account_sid = configured.account_sid and metadata_look_at <= $2
       ) or (
         exists (select from ledger.policies where account_sid = configured.account_sid and state = 'active')
         and exists (select from ledger.calls where account_sid = configured.account_sid and metadata_look_at is null)
       )`,
      [accounts, now],
    ),
  );
  return rows.map((row) => row.account_sid);
}

async function selectDue(client: ClientBase, accountSid: string, { policies, now, limit }: ForgetContext) {
  const policyFor = await policies.of(client, accountSid);
  const before = mayBeDueBefore(accountSid, policyFor, now);
  const { rows } = await client.query<{ call_sid: string }>(
    `(select call_sid from ledger.calls where account_sid = $1 and metadata_look_at <= $3 order by metadata_look_at limit $4)
     union all
     (select call_sid from ledger.calls where account_sid = $1 and metadata_look_at is null and status_at <= $2
      order by status_at limit $4)
     limit $4`,
    [accountSid, before ?? '-infinity', now, limit],
  );
  return rows.map((row) => ({ accountSid, callSid: row.call_sid }));
}

/** Calls that an activation has looked at again: a statement over years of them would not end in its time, and no policy would ever hold. */
const LOOKED_AT_NOW_MAX = 10_000;

/**
 * Another policy holds: calls that the one before kept are looked at by it, in the transaction that has it hold; what is more than so many
 * is looked at when its own look comes, within `LOOK_AGAIN_MS`.
 */
export async function lookAtCallsNow(client: ClientBase, accountSid: string, now: Date): Promise<void> {
  await client.query(
    `update ledger.calls set metadata_look_at = $2 where (account_sid, call_sid) in (
       select account_sid, call_sid from ledger.calls
       where account_sid = $1 and metadata_look_at > $2 and metadata_look_at < 'infinity'
       order by metadata_look_at limit $3)`,
    [accountSid, now, LOOKED_AT_NOW_MAX],
  );
}

async function forgetOne(
  client: ClientBase,
  { accountSid, callSid }: { accountSid: string; callSid: string },
  { policies, reading, now }: ForgetContext,
): Promise<void> {
  await lockSubjects(client, accountSid, 'change');
  const legs = await legsOf(client, accountSid, [callSid]);
  const { rows } = await client.query<QueryResultRow>(
    'select * from ledger.calls where account_sid = $1 and call_sid = any($2) order by call_sid for no key update',
    [accountSid, legs],
  );
  if (!rows.some((row) => row.call_sid === callSid)) return;
  const { recordings } = await placesOf(client, accountSid, legs);
  if (await areKnown(client, accountSid, recordings)) return lookAgainAt(client, accountSid, legs, 'infinity');
  // Its recordings are forgotten, or other legs of it: nothing keeps the rest.
  const isLeft = recordings.length > 0 || (await isForgotten(client, accountSid, legs));
  const dueAt = isLeft
    ? now
    : dueOf(rows, await policies.of(client, accountSid), await tagsOf(client, accountSid, legs));
  if (dueAt === undefined || dueAt > now) {
    const lookAt = new Date(Math.min(dueAt?.getTime() ?? Number.POSITIVE_INFINITY, now.getTime() + LOOK_AGAIN_MS));
    return lookAgainAt(client, accountSid, legs, lookAt);
  }
  const forgotten = await forgetCall(client, { accountSid, callSid }, now, reading.pseudonyms);
  if (forgotten === 0) return;
  const entry = { accountSid, at: now, kind: 'metadata.removed' as const, actor: RETENTION };
  await appendAudit(client, [{ ...entry, subject: { callSid }, details: { cause: 'schedule', legs: forgotten } }]);
}

async function isForgotten(client: ClientBase, accountSid: string, legs: readonly string[]): Promise<boolean> {
  const { rowCount } = await client.query(
    'select from ledger.removed_calls where account_sid = $1 and subject_sid = any($2) limit 1',
    [accountSid, legs],
  );
  return rowCount === 1;
}
