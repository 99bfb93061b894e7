import { readPhoneNumber } from '@onrecord/shared/telephony/phone-number';
import type { ClientBase, QueryResultRow } from 'pg';
import { covers, type HeldBy, type HoldSubject } from '../../domain/hold.ts';
import { namesIn } from '../../erasures/subject-names.ts';
import { type Pseudonyms, pseudonymsIn } from '../../pseudonyms.ts';
import type { OnRecording } from '../facts.ts';
import { withNames } from './hold-names.ts';
import { toSelector } from './hold-rows.ts';

type Queryable = Pick<ClientBase, 'query'>;

/** Named one by one: a column that is added later must not change what a prepared statement answers. */
const SELECTED = [
  'hold_id',
  'matter_id',
  'recording_sid',
  'call_sid',
  'number',
  'party',
  'names',
  'whole_account',
  'covers_from',
  'covers_until',
]
  .map((column) => `hold.${column}`)
  .join(', ');

/**
 * The holds that stand and cover the recording, as they are committed now: those that were written down to, and those that fit what
 * is known of it since. What a hold has once covered it covers until it is released, whatever is learned of the recording later.
 */
export async function holdsOn(client: Queryable, facts: OnRecording, pseudonyms: Pseudonyms): Promise<HeldBy[]> {
  const { accountSid, recordingSid } = facts.recording;
  const { rows } = await client.query<QueryResultRow>({
    name: 'holds-on',
    text: `select ${SELECTED}, link.covered_at from ledger.holds hold
           left join ledger.hold_recordings link on link.account_sid = $1 and link.recording_sid = $2
             and link.hold_id = hold.hold_id
           where hold.account_sid = $1 and hold.released_at is null
             and (hold.recording_sid is null or hold.recording_sid = $2)
           order by hold.placed_at, hold.hold_id`,
    values: [accountSid, recordingSid],
  });
  if (rows.length === 0) return [];
  const needsNumbers = rows.some(({ party, covered_at }) => party !== null && covered_at === null);
  const subject = await recordingAsSubject(client, facts, needsNumbers ? pseudonyms : undefined);
  return rows
    .filter((row) => row.covered_at !== null || covers(withNames(toSelector(row), pseudonyms), subject))
    .map((row) => ({
      holdId: row.hold_id,
      matterId: row.matter_id,
      ...(row.covered_at !== null && { coveredAt: row.covered_at }),
    }));
}

/** What the recording is selected by; its numbers are read with `pseudonyms` alone. */
export async function recordingAsSubject(
  client: Queryable,
  facts: OnRecording,
  pseudonyms: Pseudonyms | undefined,
): Promise<HoldSubject> {
  const { accountSid, recordingSid, callSid } = facts.recording;
  const legs = [...new Set([...(callSid === undefined ? [] : [callSid]), ...facts.legs, ...facts.participants])];
  const numbers = pseudonyms === undefined ? [] : await numbersOf(client, accountSid, legs, pseudonyms);
  const isPartlyRead = facts.unread.some((each) => each !== 'answers');
  return { recordingSid, legs, numbers, isPartlyRead, ...spanOf(facts.recording) };
}

/**
 * Everybody by whom an erasure of a number would find these legs, in whatever spelling: who called and was called, with SIP addresses, and what was
 * noted of the legs besides (on whose behalf, forwarded from where, under what label, who answered). Each as its pseudonym, which is all that
 * is left once a number was replaced; numbers in E.164 as well, and what has no number in it as it is.
 */
export async function numbersOf(
  client: Queryable,
  accountSid: string,
  legs: readonly string[],
  pseudonyms: Pseudonyms,
): Promise<string[]> {
  const { rows } = await client.query<{ text: string }>({
    name: 'numbers-of-legs',
    text: `select from_number as text from ledger.calls where account_sid = $1 and call_sid = any($2) and from_number is not null
     union
     select to_number from ledger.calls where account_sid = $1 and call_sid = any($2) and to_number is not null
     union
     select spelling from ledger.call_numbers where account_sid = $1 and call_sid = any($2)`,
    values: [accountSid, legs],
  });
  return rows.flatMap(({ text }) => {
    const [e164, replaced] = [readPhoneNumber(text)?.e164, pseudonymsIn(text)];
    if (e164 === undefined && replaced.length > 0) return replaced;
    // Also of legs whose numbers are not noted yet.
    return e164 === undefined ? [text, ...namesIn(pseudonyms, text).values()] : [e164, pseudonyms.of(e164)];
  });
}

/** Twilio's report of a recording comes after its end. */
function spanOf({
  startedAt,
  durationSeconds,
  reportedAt,
  status,
}: OnRecording['recording']): Pick<HoldSubject, 'startedAt' | 'endedAt'> {
  if (status !== 'completed') return { startedAt };
  const isTimed = startedAt !== undefined && durationSeconds !== undefined;
  return { startedAt, endedAt: isTimed ? new Date(startedAt.getTime() + durationSeconds * 1_000) : reportedAt };
}
