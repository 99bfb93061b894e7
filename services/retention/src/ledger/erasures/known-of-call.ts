import type { ClientBase } from 'pg';
import { legsOf } from '../facts.ts';
import type { ErasedCall } from './calls-at-twilio.ts';

/** What is known of a leg whose record Twilio does not show. */
export interface KnownOfCall {
  /** Of these, who has asked Twilio to delete the record; nobody where it is absent. */
  askedBy?: 'this-erasure' | 'another';
  /** The last status of the leg or of another one of its call; where nothing is known of it, the moment until which it had begun. */
  heardOfAt: Date;
}

export async function knownOfCall(
  client: ClientBase,
  { accountSid, erasureId, callSid }: ErasedCall,
): Promise<KnownOfCall> {
  const legs = await legsOf(client, accountSid, [callSid]);
  const { rows } = await client.query<{ by_this: boolean; by_another: boolean; heard_of_at: Date }>(
    `select coalesce(bool_or(asked.erasure_id = $2 and asked_at is not null), false) as by_this,
       coalesce(bool_or(asked.erasure_id <> $2 and (asked_at is not null or outcome = 'deleted')), false) as by_another,
       coalesce(
         (select max(occurred_at) from ledger.call_statuses where account_sid = $1 and call_sid = any($4)),
         (select covers_until from ledger.erasures where account_sid = $1 and erasure_id = $2)
       ) as heard_of_at
     from ledger.erasure_calls asked where account_sid = $1 and call_sid = $3`,
    [accountSid, erasureId, callSid, legs],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`nothing is known of ${callSid}`);
  const asked = row.by_this ? 'this-erasure' : row.by_another ? 'another' : undefined;
  return { heardOfAt: row.heard_of_at, ...(asked && { askedBy: asked }) };
}
