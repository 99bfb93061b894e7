import type { ClientBase, QueryResultRow } from 'pg';
import type { Actor } from '../../domain/actor.ts';
import type { Erasure } from '../../domain/erasure.ts';
import { optional } from '../rows.ts';

export const toErasure = (row: QueryResultRow): Erasure => ({
  accountSid: row.account_sid,
  erasureId: row.erasure_id,
  party: optional(row.party),
  callSid: optional(row.call_sid),
  state: row.state,
  requestedAt: row.requested_at,
  requestedBy: row.requested_by as Actor,
  coversUntil: row.covers_until,
  lastCallSid: optional(row.last_call_sid),
  legs: row.legs,
  legsKept: row.legs_kept,
  legsKeptUntil: optional(row.legs_kept_until),
  legsKeptFor: optional(row.legs_kept_for),
  ledgerDoneAt: optional(row.ledger_done_at),
  completedAt: optional(row.completed_at),
  nextLookAt: optional(row.next_look_at),
});

/**
 * Takes an erasure that is to be looked at now, and puts its next look a lease ahead: other workers pass it by, and a worker that dies
 * loses it only until then. While legs of the account are to be noted by their numbers, its erasures wait: they would miss those legs.
 */
export async function takeDueErasure(
  client: ClientBase,
  { accounts, now, leaseMs }: { accounts: readonly string[]; now: Date; leaseMs: number },
): Promise<Erasure | undefined> {
  const { rows } = await client.query<QueryResultRow>(
    `update ledger.erasures taken set next_look_at = $3, state = case state when 'received' then 'running' else state end
     from (
       select account_sid, erasure_id from ledger.erasures erasure where account_sid = any($1) and next_look_at <= $2
         and not exists (select from ledger.calls leg where leg.account_sid = erasure.account_sid and not numbers_noted)
       order by next_look_at limit 1 for update skip locked
     ) due
     where (taken.account_sid, taken.erasure_id) = (due.account_sid, due.erasure_id) returning taken.*`,
    [accounts, now, new Date(now.getTime() + leaseMs)],
  );
  return rows[0] && toErasure(rows[0]);
}

export async function findErasure(client: ClientBase, accounts: readonly string[], erasureId: string) {
  const { rows } = await client.query<QueryResultRow>(
    'select * from ledger.erasures where account_sid = any($1) and erasure_id = $2',
    [accounts, erasureId],
  );
  return rows[0] && toErasure(rows[0]);
}

/** By what an erasure finds its subject. */
export async function namesOfErasure(client: ClientBase, { accountSid, erasureId }: Erasure): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    'select name from ledger.erased_subjects where account_sid = $1 and erasure_id = $2 order by name',
    [accountSid, erasureId],
  );
  return rows.map(({ name }) => name);
}

/** Where a page of erasures ended. */
export interface ErasurePosition {
  requestedAt: Date;
  erasureId: string;
}

/** Newest first. */
export async function listErasures(
  client: ClientBase,
  accounts: readonly string[],
  { after, limit }: { after: ErasurePosition | undefined; limit: number },
): Promise<Erasure[]> {
  const { rows } = await client.query<QueryResultRow>(
    `select * from ledger.erasures
     where account_sid = any($1) and ($2::timestamptz is null or (requested_at, erasure_id) < ($2, $3))
     order by requested_at desc, erasure_id desc limit $4`,
    [accounts, after?.requestedAt, after?.erasureId, limit],
  );
  return rows.map(toErasure);
}

/**
 * Until when the event log was told anything that names the subject, as far as it is known: the moment up to which the erasure covers,
 * and any later one at which something of then came in.
 * @throws where there is no such erasure: nothing can be said of what names its subject
 */
export async function lastNamedAt(
  client: ClientBase,
  { accountSid, erasureId }: Pick<Erasure, 'accountSid' | 'erasureId'>,
): Promise<Date> {
  const { rows } = await client.query<{ named: Date }>(
    `select greatest(erasure.covers_until, (
       select max(last_seen_at) from ledger.erased_subjects subject
       where subject.account_sid = $1 and subject.erasure_id = $2
     )) as named from ledger.erasures erasure where account_sid = $1 and erasure_id = $2`,
    [accountSid, erasureId],
  );
  if (rows[0] === undefined) throw new Error(`there is no erasure ${erasureId}`);
  return rows[0].named;
}
