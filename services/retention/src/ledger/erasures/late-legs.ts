import type { OnrecordEvent } from '@onrecord/shared/events';
import type { ClientBase } from 'pg';
import { legsOf } from '../facts.ts';

/** Legs that these erasures go through now, or have gone through. @returns those erasures to which any of them is new */
export async function noteLegs(
  client: ClientBase,
  accountSid: string,
  erasureIds: readonly string[],
  legs: readonly string[],
): Promise<string[]> {
  const { rows } = await client.query<{ erasure_id: string }>(
    `insert into ledger.erasure_legs (account_sid, erasure_id, call_sid)
     select $1, erasure_id, call_sid from unnest($2::text[]) erasure_id cross join unnest($3::text[]) call_sid
     order by erasure_id, call_sid on conflict do nothing returning erasure_id`,
    [accountSid, erasureIds, legs],
  );
  return [...new Set(rows.map((row) => row.erasure_id))];
}

/**
 * Something was told of a call that these erasures cover, and they may have gone past it: where any leg of it is new to them, they go
 * through their calls again. In the transaction that writes down what was told.
 */
export async function coverLateLeg(
  client: ClientBase,
  { data }: OnrecordEvent,
  erasureIds: readonly string[],
  now: Date,
): Promise<void> {
  const { accountSid, callSid } = data as { accountSid: string; callSid?: string };
  if (callSid === undefined) return;
  const legs = await legsOf(client, accountSid, [callSid]);
  const toCover = await noteLegs(client, accountSid, erasureIds, legs);
  if (toCover.length === 0) return;
  await client.query(
    `update ledger.erasures set state = 'running', ledger_done_at = null, last_call_sid = null, legs = 0, legs_kept = 0, next_look_at = $3
     where account_sid = $1 and erasure_id = any($2) and state <> 'received'`,
    [accountSid, toCover, now],
  );
}
