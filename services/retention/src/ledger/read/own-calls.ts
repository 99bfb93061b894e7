import type { ClientBase } from 'pg';
import type { Named } from './holders.ts';

/** Whether what is named is of a call that somebody of these identities was on. */
export async function isOwn(
  client: ClientBase,
  accountSid: string,
  { recordingSid, callSid, conferenceSid }: Named,
  identities: readonly string[],
): Promise<boolean> {
  const { rows } = await client.query<{ own: boolean }>(
    `with named as (
       select call_sid, conference_sid from ledger.recordings where account_sid = $1 and recording_sid = $2
       union all
       select $3, $4
     ), legs as (
       select call_sid from named
       union
       select joined.call_sid from named join ledger.participants joined
         on joined.account_sid = $1 and joined.conference_sid = named.conference_sid
     )
     select exists (
       select from ledger.calls leg
       where leg.account_sid = $1 and (leg.from_number = any($5) or leg.to_number = any($5))
         and leg.status not in ('busy', 'no-answer', 'failed', 'canceled')
         and leg.call_sid in (select ledger.family_of($1, array(select call_sid from legs where call_sid is not null)))
     ) as own`,
    [accountSid, recordingSid ?? null, callSid ?? null, conferenceSid ?? null, identities],
  );
  return rows[0]?.own === true;
}
