import type { ClientBase } from 'pg';
import { type ClearanceFacts, relevantConsents, type Unread } from '../domain/decide-clearance.ts';
import type { RuleBook } from '../domain/jurisdictions/rule-book.ts';
import type { Recording } from '../domain/recording.ts';
import { placesRule } from '../domain/who-must-agree.ts';
import type { Pseudonyms } from '../pseudonyms.ts';
import { ANSWERS_MAX, consentsByNumber, consentsOf } from './consents.ts';
import { areForgotten } from './erasures/forgotten-calls.ts';
import { partiesOf } from './parties.ts';

type Queryable = Pick<ClientBase, 'query'>;

/** What numbers are read by: the places that they tell, and what stands for them where they were replaced. */
export interface NumberReading {
  ruleBook: RuleBook;
  pseudonyms: Pseudonyms;
}

/**
 * What one decision reads at most. One more is read than that, to know of it: what lies beyond may be a refusal, so nothing is
 * cleared without it. No call of Twilio's has so many legs; the limit keeps a forged chain of parents from being walked for ever.
 */
const LEGS_MAX = 10_000;
/** Twilio lets 250 into a conference at a time; somebody who comes back is another one. */
const PARTICIPANTS_MAX = 1_000;

/** SQL for the parents and children of `legs`, for the recursive part of that table; the account is the first parameter. */
export const RELATIVES = `select relative.call_sid from legs cross join lateral (
         select parent_call_sid as call_sid from ledger.calls
         where account_sid = $1 and call_sid = legs.call_sid and parent_call_sid is not null
         union all
         select call_sid from ledger.calls where account_sid = $1 and parent_call_sid = legs.call_sid
       ) relative`;

/** Every leg of the calls that the given legs belong to, by parent and child, in either direction; `LEGS_MAX` and one more. */
export async function legsOf(client: Queryable, accountSid: string, callSids: readonly string[]): Promise<string[]> {
  if (callSids.length === 0) return [];
  const { rows } = await client.query<{ call_sid: string }>(
    `with recursive legs(call_sid) as (
       select unnest($2::text[])
       union
       ${RELATIVES}
     )
     select call_sid from legs limit ${LEGS_MAX + 1}`,
    [accountSid, callSids],
  );
  return rows.map((row) => row.call_sid).toSorted();
}

/** Those who ever refused come first: they are seen however many there are. */
async function participantsOf(client: Queryable, accountSid: string, conferenceSid: string): Promise<string[]> {
  const { rows } = await client.query<{ call_sid: string }>(
    `select call_sid from ledger.participants joined where account_sid = $1 and conference_sid = $2
     order by exists (
       select from ledger.consents
       where account_sid = $1 and call_sid = joined.call_sid and outcome <> 'granted'
     ) desc, call_sid limit ${PARTICIPANTS_MAX + 1}`,
    [accountSid, conferenceSid],
  );
  return rows.map((row) => row.call_sid).toSorted();
}

/** Who was on a recording, as far as one decision reads it. */
export type OnRecording = Pick<ClearanceFacts, 'recording' | 'legs' | 'participants' | 'unread'>;

export async function loadLegs(client: Queryable, recording: Recording): Promise<OnRecording> {
  const { accountSid, callSid, conferenceSid } = recording;
  const legs = await legsOf(client, accountSid, callSid === undefined ? [] : [callSid]);
  const participants = conferenceSid === undefined ? [] : await participantsOf(client, accountSid, conferenceSid);
  const unread: Unread[] = [];
  if (legs.length > LEGS_MAX) unread.push('legs');
  if (participants.length > PARTICIPANTS_MAX) unread.push('participants');
  return { recording, legs, participants, unread };
}

/** Everything that decides on the recording, as it is committed now. */
export async function loadFacts(
  client: Queryable,
  recording: Recording,
  reading: NumberReading,
): Promise<ClearanceFacts> {
  const { accountSid, callSid, conferenceSid } = recording;
  const { legs, participants, unread } = await loadLegs(client, recording);
  const { parties, persons } = await partiesOf(client, accountSid, [...legs, ...participants], reading);
  const onLegs = await consentsOf(client, accountSid, [...legs, ...participants], conferenceSid);
  const byNumber = await consentsByNumber(client, accountSid, persons);
  const areAllRead = onLegs.length <= ANSWERS_MAX && byNumber.length <= ANSWERS_MAX;
  const isForgotten = await areSomeForgotten(client, accountSid, [...legs, ...participants], conferenceSid);
  const heardOf = new Set(parties.map((party) => party.callSid));
  const isUnheard = [callSid, ...participants].some((sid) => sid !== undefined && !heardOf.has(sid));
  const call = { recording, legs, participants, parties };
  const facts = {
    ...call,
    places: placesRule(call, reading.ruleBook),
    unread: [
      ...unread,
      ...(areAllRead ? [] : (['answers'] as const)),
      ...(isForgotten ? (['forgotten'] as const) : []),
    ],
    mayBeForgotten: isUnheard && (await areForgotten(client, { accountSid })),
  };
  return { ...facts, consents: relevantConsents(facts, [...onLegs, ...byNumber]) };
}

/** Whether of one of these calls, or of the conference, everything that was known has been removed. */
async function areSomeForgotten(
  client: Queryable,
  accountSid: string,
  callSids: readonly string[],
  conferenceSid: string | undefined,
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'find-some-forgotten',
    text: 'select from ledger.removed_calls where account_sid = $1 and subject_sid = any($2) limit 1',
    values: [accountSid, conferenceSid === undefined ? callSids : [...callSids, conferenceSid]],
  });
  return rowCount === 1;
}
