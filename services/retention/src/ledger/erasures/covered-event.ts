import type { OnrecordEvent } from '@onrecord/shared/events';
import type { ClientBase } from 'pg';
import { namesIn, type Replacements, replacementsFor, withoutNumbers } from '../../erasures/subject-names.ts';
import type { Pseudonyms } from '../../pseudonyms.ts';
import { legsOf, RELATIVES } from '../facts.ts';
import { lockSubjects } from './lock-subjects.ts';

/** An event as the ledger may write it. */
export interface WritableEvent {
  event: OnrecordEvent;
  /** What was replaced in it; absent where no erasure covers it, or only other legs of its call. */
  replacements?: Replacements;
  /** Those that cover it, or its call. */
  erasureIds?: readonly string[];
}

/**
 * The event with pseudonyms in place of the numbers of whoever was erased, if it tells of something that was going on by then. What the
 * same person does afterwards is another matter, and is written as it is.
 * @param client in the transaction that writes the event, before it does
 */
export async function asWritable(
  client: ClientBase,
  event: OnrecordEvent,
  pseudonyms: Pseudonyms,
  now: Date,
): Promise<WritableEvent> {
  const names = namesIn(pseudonyms, textsOf(event));
  const { accountSid, callSids } = placeOf(event);
  if (names.size === 0 && !LEG_EVENTS.includes(event.type)) return { event };
  await lockSubjects(client, accountSid, 'share');
  const all: ErasedSubject[] = [];
  for (const subject of await subjectsOf(client, accountSid, [...names.values()], callSids)) {
    if (await isCovered(client, event, subject.covers_until)) all.push(subject);
  }
  if (all.length === 0) return { event };
  const erasureIds = [...new Set(all.map((row) => row.erasure_id))];
  // On a person's call others have legs, too: their numbers stay.
  const covering = all.filter(({ party, is_named }) => party === null || is_named);
  if (covering.length === 0) return { event, erasureIds };
  await client.query(
    'update ledger.erased_subjects set last_seen_at = $4 where account_sid = $1 and name = any($2) and erasure_id = any($3)',
    [accountSid, covering.map(({ name }) => name), erasureIds, now],
  );
  const replacements = replacementsIn(event, pseudonyms, names, covering);
  const { id, subject, data } = event;
  const written = { ...event, ...withoutNumbers({ id, subject, data }, replacements) } as OnrecordEvent;
  return { event: written, replacements, erasureIds };
}

/** What tells of a leg, which is gone through with its call whether it names a number or not. */
const LEG_EVENTS: readonly string[] = [
  'onrecord.call.status-changed.v1',
  'onrecord.conference.participant-joined.v1',
] satisfies OnrecordEvent['type'][];

interface ErasedSubject {
  name: string;
  party: string | null;
  covers_until: Date;
  erasure_id: string;
  /** By the event itself, and not by another leg of the call. */
  is_named: boolean;
}

/** Who was erased of those who are named, and of those who were on any leg of these calls; or the calls themselves. */
async function subjectsOf(
  client: ClientBase,
  accountSid: string,
  names: readonly string[],
  callSids: readonly string[],
): Promise<ErasedSubject[]> {
  const { rows } = await client.query<ErasedSubject>({
    name: 'find-erased-subjects',
    text: `with recursive legs(call_sid) as (
       select unnest($3::text[])
       union
       ${RELATIVES}
     )
     select name, party, covers_until, erasure_id, name = any($2) or name = any($3) as is_named
     from ledger.erased_subjects where account_sid = $1 and name = any(array(
       select unnest($2::text[])
       union select call_sid from legs
       union select spelling from ledger.call_numbers where account_sid = $1 and call_sid = any(array(select call_sid from legs))
     ))`,
    values: [accountSid, names, callSids],
  });
  return rows;
}

function replacementsIn(
  event: OnrecordEvent,
  pseudonyms: Pseudonyms,
  names: ReadonlyMap<string, string>,
  covering: readonly ErasedSubject[],
): Replacements {
  const parties = new Map(covering.map(({ name, party }) => [name, party]));
  const ofPeople = [...names].flatMap(([digits, name]): [string, string][] => {
    const party = parties.get(name);
    return party ? [[digits, party]] : [];
  });
  // A call was erased: whoever was on it.
  const isCall = covering.some(({ party }) => party === null);
  const { from, to } = event.data as { from?: string; to?: string };
  return new Map([...(isCall ? replacementsFor(pseudonyms, [from, to]) : []), ...ofPeople]);
}

/** What a ledger writes of an event. Twilio's own parameters and the resource's SIDs are not, and most events have nothing else. */
function textsOf({ id, type, data }: OnrecordEvent): unknown {
  const { parameters: _, ...told } = data as Record<string, unknown>;
  const named = Object.entries(told).filter(([name]) => !name.endsWith('Sid') && !MOMENT.test(name));
  return type === 'onrecord.consent.recorded.v1' ? [id, Object.fromEntries(named)] : Object.fromEntries(named);
}

const MOMENT = /At$/;

function placeOf({ data }: OnrecordEvent): { accountSid: string; callSids: string[] } {
  const { accountSid, callSid, parentCallSid } = data as Record<string, string | undefined>;
  return { accountSid: accountSid ?? '', callSids: [callSid, parentCallSid].filter((sid) => sid !== undefined) };
}

/** Whether what the event tells of, or any leg of the same call, was there by then. */
async function isCovered(client: ClientBase, event: OnrecordEvent, until: Date): Promise<boolean> {
  if (beganAt(event) <= until.getTime()) return true;
  const { accountSid, callSids } = placeOf(event);
  const legs = await legsOf(client, accountSid, callSids);
  const { rowCount } = await client.query(
    'select from ledger.call_statuses where account_sid = $1 and call_sid = any($2) and occurred_at <= $3 limit 1',
    [accountSid, legs, until],
  );
  return rowCount === 1;
}

/** A call that ended had begun as long ago as it took. */
const beganAt = ({ time, data }: OnrecordEvent): number => {
  const { durationSeconds } = data as { durationSeconds?: number };
  return Date.parse(time) - (durationSeconds ?? 0) * 1_000;
};
