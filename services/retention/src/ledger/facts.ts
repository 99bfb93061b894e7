import type { ClientBase } from 'pg';
import { type ClearanceFacts, relevantConsents } from '../domain/decide-clearance.ts';
import type { Recording } from '../domain/recording.ts';
import { consentsOf } from './consents.ts';

type Queryable = Pick<ClientBase, 'query'>;

/** No call of Twilio's has so many legs; a limit keeps a forged chain of parents from being walked for ever. */
const LEGS_MAX = 1_000;
const PARTICIPANTS_MAX = 1_000;

/** Every leg of the calls that the given legs belong to, by parent and child, in either direction. */
export async function legsOf(client: Queryable, accountSid: string, callSids: readonly string[]): Promise<string[]> {
  if (callSids.length === 0) return [];
  const { rows } = await client.query<{ call_sid: string }>(
    `with recursive legs(call_sid) as (
       select unnest($2::text[])
       union
       select relative.call_sid from legs cross join lateral (
         select parent_call_sid as call_sid from ledger.calls
         where account_sid = $1 and call_sid = legs.call_sid and parent_call_sid is not null
         union all
         select call_sid from ledger.calls where account_sid = $1 and parent_call_sid = legs.call_sid
       ) relative
     )
     select call_sid from legs limit ${LEGS_MAX}`,
    [accountSid, callSids],
  );
  return rows.map((row) => row.call_sid).toSorted();
}

async function participantsOf(client: Queryable, accountSid: string, conferenceSid: string): Promise<string[]> {
  const { rows } = await client.query<{ call_sid: string }>(
    `select call_sid from ledger.participants where account_sid = $1 and conference_sid = $2
     order by call_sid limit ${PARTICIPANTS_MAX}`,
    [accountSid, conferenceSid],
  );
  return rows.map((row) => row.call_sid);
}

/** Everything that decides on the recording, as it is committed now. */
export async function loadFacts(client: Queryable, recording: Recording): Promise<ClearanceFacts> {
  const { accountSid, callSid, conferenceSid } = recording;
  const legs = await legsOf(client, accountSid, callSid === undefined ? [] : [callSid]);
  const participants = conferenceSid === undefined ? [] : await participantsOf(client, accountSid, conferenceSid);
  const consents = await consentsOf(client, accountSid, [...legs, ...participants], conferenceSid);
  const facts = { recording, legs, participants };
  return { ...facts, consents: relevantConsents(facts, consents) };
}
