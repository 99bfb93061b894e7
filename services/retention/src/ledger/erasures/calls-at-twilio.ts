import type { ClientBase, Pool } from 'pg';
import { appendAudit } from '../../audit/append-audit.ts';
import { RETENTION } from '../../domain/actor.ts';
import { type TakeDue, takeDueRows } from '../take-due.ts';

export interface ErasedCall {
  accountSid: string;
  erasureId: string;
  callSid: string;
  attempts: number;
  /** Its deletion was asked for, and nobody knows yet what came of it. */
  isAsked: boolean;
}

type Name = Pick<ErasedCall, 'accountSid' | 'erasureId'>;

/** What came of an attempt. */
export interface Attempt {
  outcome?: 'deleted' | 'already-gone';
  keptFor?: string;
  failure?: string;
  nextAttemptAt?: Date;
}

/** Legs whose records at Twilio are to go; those that are known already are left as they are. */
export async function queueCalls(
  client: ClientBase,
  { accountSid, erasureId }: Name,
  callSids: readonly string[],
  { at, keptFor }: { at: Date; keptFor?: string | undefined },
): Promise<void> {
  await client.query(
    `insert into ledger.erasure_calls (account_sid, erasure_id, call_sid, kept_for, next_attempt_at)
     select $1, $2, call_sid, $4, $5 from unnest($3::text[]) call_sid on conflict do nothing`,
    [accountSid, erasureId, callSids, keptFor, at],
  );
}

export async function takeDueCalls(pool: Pool, due: TakeDue): Promise<ErasedCall[]> {
  const queue = { table: 'erasure_calls', key: ['erasure_id', 'call_sid'], dueAt: 'next_attempt_at' };
  const rows = await takeDueRows(pool, queue, due);
  return rows.map((row) => ({
    ...{ accountSid: row.account_sid, erasureId: row.erasure_id, callSid: row.call_sid, attempts: row.attempts },
    isAsked: row.asked_at !== null,
  }));
}

/** Its deletion is about to be asked for; whoever places a hold afterwards sees that. Nobody else takes it until `leasedUntil`. */
export async function noteAsked(
  client: ClientBase,
  { accountSid, erasureId, callSid }: ErasedCall,
  { now, leasedUntil }: { now: Date; leasedUntil: Date },
): Promise<void> {
  await client.query(
    `update ledger.erasure_calls set asked_at = $4, next_attempt_at = $5, failure = null
     where account_sid = $1 and erasure_id = $2 and call_sid = $3 and outcome is null`,
    [accountSid, erasureId, callSid, now, leasedUntil],
  );
}

/** A hold wants to know what came of what was asked for: attempts that are over are made again now, those under way are not. */
export async function askAgain(client: ClientBase, accountSid: string, now: Date): Promise<void> {
  await client.query(
    `update ledger.erasure_calls set next_attempt_at = $2
     where account_sid = $1 and next_attempt_at is not null and asked_at is not null and failure is not null`,
    [accountSid, now],
  );
}

/** What `keptFor` says of what a hold keeps. */
export const KEPT_FOR_HOLD = 'A hold covers the call';

/** A hold was released, in the caller's transaction: what holds kept is looked at now. */
export async function lookAtHeld(client: ClientBase, accountSid: string, now: Date): Promise<void> {
  await client.query(
    `update ledger.erasure_calls set next_attempt_at = $2
     where account_sid = $1 and next_attempt_at is not null and kept_for = $3`,
    [accountSid, now, KEPT_FOR_HOLD],
  );
}

/** What is gone goes on record with it. What is kept was seen to be there. */
export async function saveAttempt(
  client: ClientBase,
  { accountSid, erasureId, callSid }: ErasedCall,
  { outcome, keptFor, failure, nextAttemptAt }: Attempt,
  now: Date,
): Promise<void> {
  const { rows } = await client.query<{ attempts: number }>(
    `update ledger.erasure_calls set outcome = $4, settled_at = $5, kept_for = $6, failure = $7, next_attempt_at = $8,
       attempts = attempts + $9, asked_at = case when $6::text is null then asked_at end
     where account_sid = $1 and erasure_id = $2 and call_sid = $3 and outcome is null returning attempts`,
    [
      ...[accountSid, erasureId, callSid, outcome, outcome && now, keptFor, failure, nextAttemptAt],
      keptFor === undefined ? 1 : 0,
    ],
  );
  const [saved] = rows;
  if (saved === undefined || outcome === undefined) return;
  const entry = { accountSid, at: now, kind: 'erasure.call-deleted' as const, actor: RETENTION };
  const subject = { erasure: erasureId, callSid };
  await appendAudit(client, [{ ...entry, subject, details: { outcome, attempts: saved.attempts } }]);
}

/** An erasure waits for so many attempts at a leg, about an hour of them; after that it names what is left. */
export const WAITED_FOR = 4;

export interface CallCounts {
  /** Seen to be gone. */
  deleted: number;
  /** Still to be attempted before the erasure can be completed. */
  open: number;
  /** Not gone, for a hold, a law or a failure; attempted again all the same. */
  left: number;
}

export async function countCalls(client: ClientBase, { accountSid, erasureId }: Name): Promise<CallCounts> {
  const { rows } = await client.query<CallCounts>(
    `select count(outcome)::integer as deleted,
       count(*) filter (where outcome is null and kept_for is null and attempts < $3)::integer as open,
       count(*) filter (where outcome is null and (kept_for is not null or attempts >= $3))::integer as left
     from ledger.erasure_calls where account_sid = $1 and erasure_id = $2`,
    [accountSid, erasureId, WAITED_FOR],
  );
  return rows[0] ?? { deleted: 0, open: 0, left: 0 };
}
