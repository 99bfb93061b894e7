import type { ClientBase, QueryResultRow } from 'pg';
import type { Actor } from '../../domain/actor.ts';
import type { Erasure } from '../../domain/erasure.ts';
import { toErasure } from './rows.ts';

interface Requested {
  accountSid: string;
  party?: string | undefined;
  callSid?: string | undefined;
  /** By what the subject is found. */
  names: readonly string[];
  requestedAt: Date;
  requestedBy: Actor;
}

/** @returns the erasure of the same subject that is not completed, which covers what was there up to now from now on */
export async function joinErasure(client: ClientBase, request: Requested): Promise<Erasure | undefined> {
  const { accountSid, party, callSid, requestedAt } = request;
  const { rows } = await client.query<QueryResultRow>(
    `update ledger.erasures
     set covers_until = greatest(covers_until, $3), next_look_at = $3, ledger_done_at = null, last_call_sid = null, legs = 0, legs_kept = 0
     where account_sid = $1 and coalesce(party, call_sid) = $2 and completed_at is null returning *`,
    [accountSid, party ?? callSid, requestedAt],
  );
  if (rows[0] === undefined) return undefined;
  const erasure = toErasure(rows[0]);
  await nameSubject(client, request, erasure.erasureId);
  return erasure;
}

export async function openErasure(client: ClientBase, request: Requested & { erasureId: string }): Promise<Erasure> {
  const { accountSid, erasureId, party, callSid, requestedAt, requestedBy } = request;
  const { rows } = await client.query<QueryResultRow>(
    `insert into ledger.erasures (account_sid, erasure_id, party, call_sid, state, requested_at, requested_by, covers_until, next_look_at)
     values ($1, $2, $3, $4, 'received', $5, $6, $5, $5) returning *`,
    [accountSid, erasureId, party, callSid, requestedAt, JSON.stringify(requestedBy)],
  );
  await nameSubject(client, request, erasureId);
  return toErasure(rows[0] ?? {});
}

/** Each erasure has the names of its subject to itself: another one of the same subject has them, too, until a moment of its own. */
async function nameSubject(
  client: ClientBase,
  { accountSid, names, party, requestedAt }: Requested,
  erasureId: string,
) {
  await client.query(
    `insert into ledger.erased_subjects (account_sid, name, erasure_id, party, covers_until)
     select $1, name, $3, $4, $5 from unnest($2::text[]) name
     on conflict (account_sid, name, erasure_id) do update
     set covers_until = greatest(erased_subjects.covers_until, excluded.covers_until)`,
    [accountSid, names, erasureId, party, requestedAt],
  );
}
