import type { OnrecordEvent } from '@onrecord/shared/events';
import type { ClientBase } from 'pg';
import type { RecordingKey } from '../../change-recording.ts';
import { type Replacements, replacementsFor, replacementsOf } from '../../erasures/subject-names.ts';
import type { Pseudonyms } from '../../pseudonyms.ts';
import { legsOf } from '../facts.ts';
import { isHeldCall } from '../holds/held-call.ts';
import { lockSubjects } from './lock-subjects.ts';
import { scrubRowsOf } from './scrub-rows.ts';

/** What an erasure is of, as it works. */
export interface Subject {
  accountSid: string;
  /** The stand-ins of the spellings of a number, or a CallSid. */
  names: readonly string[];
  /** Absent for a call. */
  party?: string | undefined;
  coversUntil: Date;
}

/** A call that had begun by then, with all of its legs, and the recordings of it and of the conferences that it was in. */
export interface CoveredCall {
  legs: string[];
  recordings: RecordingKey[];
}

/** @returns `undefined` for a call that is not covered */
export async function findCovered(
  client: ClientBase,
  { accountSid, coversUntil }: Subject,
  callSid: string,
): Promise<CoveredCall | undefined> {
  const legs = await legsOf(client, accountSid, [callSid]);
  const { rowCount } = await client.query(
    `select from ledger.call_statuses where account_sid = $1 and call_sid = any($2) and occurred_at <= $3
     union all select from ledger.recordings where account_sid = $1 and call_sid = any($2)
       and coalesce(started_at, reported_at - coalesce(duration_seconds, 0) * interval '1 second') <= $3
     union all select from ledger.consents where account_sid = $1 and call_sid = any($2) and recorded_at <= $3
     union all select from ledger.participants where account_sid = $1 and call_sid = any($2) and joined_at <= $3
     limit 1`,
    [accountSid, legs, coversUntil],
  );
  if (rowCount === 0) return undefined;
  const { recordings } = await placesOf(client, accountSid, legs);
  return { legs, recordings: recordings.map((recordingSid) => ({ accountSid, recordingSid })) };
}

/**
 * Puts pseudonyms in place of the subject's number in every row about a call, unless a hold covers it as it is known now. A hold that is
 * placed meanwhile waits until the transaction has ended.
 * @returns whether it did
 */
export async function scrubUnlessHeld(
  client: ClientBase,
  subject: Subject,
  callSids: readonly string[],
  pseudonyms: Pseudonyms,
): Promise<boolean> {
  const { accountSid } = subject;
  await lockSubjects(client, accountSid, 'share');
  const legs = await legsOf(client, accountSid, callSids);
  const { recordings } = await placesOf(client, accountSid, legs);
  if (await isHeldCall(client, { accountSid, legs, recordings }, pseudonyms)) return false;
  await scrubCall(client, accountSid, legs, await replacementsIn(client, subject, legs, pseudonyms));
  return true;
}

/**
 * An event that is covered can show that other legs are: those that were written before it, when nothing told that they belong to a call
 * of then.
 */
export async function scrubAround(client: ClientBase, { data }: OnrecordEvent, replacements: Replacements) {
  const { accountSid, callSid } = data as { accountSid: string; callSid?: string };
  if (callSid !== undefined) {
    await scrubCall(client, accountSid, await legsOf(client, accountSid, [callSid]), replacements);
  }
}

async function scrubCall(client: ClientBase, accountSid: string, legs: readonly string[], replacements: Replacements) {
  const { conferences, recordings } = await placesOf(client, accountSid, legs);
  const rows = { call_sid: legs, recording_sid: recordings, conference_sid: conferences };
  await scrubRowsOf(client, accountSid, rows, replacements);
}

/** The conferences that these legs were in, and the recordings of both. */
export async function placesOf(client: ClientBase, accountSid: string, legs: readonly string[]) {
  const joined = await client.query<{ conference_sid: string }>(
    `select conference_sid from ledger.participants where account_sid = $1 and call_sid = any($2)
     union select conference_sid from ledger.calls where account_sid = $1 and call_sid = any($2) and conference_sid is not null`,
    [accountSid, legs],
  );
  const conferences = joined.rows.map((row) => row.conference_sid);
  const { rows } = await client.query<{ recording_sid: string }>(
    `select recording_sid from ledger.recordings where account_sid = $1 and call_sid = any($2)
     union select recording_sid from ledger.recordings where account_sid = $1 and conference_sid = any($3)
     order by recording_sid`,
    [accountSid, legs, conferences],
  );
  return { conferences, recordings: rows.map((row) => row.recording_sid) };
}

/** Of a person, every spelling that is in these rows; of a call, everybody who was on it. */
async function replacementsIn(
  client: ClientBase,
  { accountSid, names, party }: Subject,
  legs: readonly string[],
  pseudonyms: Pseudonyms,
): Promise<Replacements> {
  if (party !== undefined) return replacementsOf(pseudonyms, names, party);
  const { rows } = await client.query<{ from_number: string | null; to_number: string | null }>(
    'select from_number, to_number from ledger.calls where account_sid = $1 and call_sid = any($2)',
    [accountSid, legs],
  );
  return new Map(
    replacementsFor(
      pseudonyms,
      rows.flatMap((row) => [row.from_number, row.to_number]),
    ),
  );
}
