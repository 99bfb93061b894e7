import type { ClientBase, QueryResultRow } from 'pg';
import { describeCause, describeParts } from '../../domain/reasons.ts';
import type { RecordingState } from '../../domain/state.ts';
import { optional } from '../rows.ts';
import { Conditions } from './conditions.ts';
import { placesOfNumber } from './places-of-number.ts';

/** Where a page begins: right after the recording of this beginning and SID. */
type ListPosition = readonly [beganAt: string, recordingSid: string];

export interface ListQuery {
  /** Of these alone. */
  accounts: readonly string[];
  state?: RecordingState | undefined;
  /** Of calls alone that somebody of these identities was on. */
  identities?: readonly string[] | undefined;
  callSid?: string | undefined;
  conferenceSid?: string | undefined;
  /** Somebody who was on the line, as Twilio spells it: E.164, or an address such as `sip:…`. */
  number?: string | undefined;
  /** As Twilio names it: `DialVerb`, `RecordVerb`, …. */
  source?: string | undefined;
  /** Covered by a hold that stands, or by none. */
  held?: boolean | undefined;
  /** Began at this moment or later, and before that one; ISO 8601. */
  since?: string | undefined;
  until?: string | undefined;
  after?: ListPosition | undefined;
  limit: number;
}

/** One line of a list. Moments are RFC 3339. */
export interface RecordingSummary {
  accountSid: string;
  recordingSid: string;
  callSid?: string | undefined;
  conferenceSid?: string | undefined;
  state: RecordingState;
  /** Why it is in this state, in plain words. */
  reason?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  channels?: number | undefined;
  durationSeconds?: number | undefined;
  startedAt?: string | undefined;
  firstSeenAt: string;
  deleteAfter?: string | undefined;
  /** What was known of it was removed then: its SIDs are all that is left. */
  metadataRemovedAt?: string | undefined;
  /** Present where there is a transcript; true when a simulator invented it. */
  transcriptSimulated?: boolean | undefined;
  /** The holds that cover it, with what they are for: nothing of it is deleted. */
  holds?: { holdId: string; matterId: string; matter: string }[] | undefined;
}

const summariesFrom = (recordings: string) => `
  select recording.*, decided.reason, leg.from_number, leg.to_number, transcribed.simulated, gone.cause, parted.parts, held.holds
  from ${recordings} recording
  left join ledger.decisions decided using (account_sid, recording_sid, decision)
  left join ledger.calls leg on leg.account_sid = recording.account_sid and leg.call_sid = recording.call_sid
  left join lateral (
    select simulated, completed_at from ledger.transcripts transcript
    where transcript.account_sid = recording.account_sid and transcript.recording_sid = recording.recording_sid
    order by learned_at desc limit 1
  ) transcribed on true
  left join lateral (
    select cause from ledger.deletions deletion
    where deletion.account_sid = recording.account_sid and deletion.recording_sid = recording.recording_sid and classes is null
      and recording.state in ('deleting', 'deleted')
    order by deletion.deletion desc limit 1
  ) gone on true
  left join lateral (
    select jsonb_agg(jsonb_build_object('dataClass', data_class, 'cause', deletion.cause) order by deletion.deletion, place) as parts
    from ledger.deletions deletion, unnest(classes) with ordinality part (data_class, place)
    where deletion.account_sid = recording.account_sid and deletion.recording_sid = recording.recording_sid
      and deletion.completed_at is not null
      and (data_class not in ('transcript', 'provider-response') or transcribed.completed_at <= deletion.started_at)
      and not exists (
        select from ledger.deletions later where later.account_sid = deletion.account_sid
          and later.recording_sid = deletion.recording_sid and later.deletion > deletion.deletion and data_class = any(later.classes)
      )
  ) parted on true
  left join lateral (
    select jsonb_agg(jsonb_build_object('holdId', hold_id, 'matterId', matter_id, 'matter', matter.name) order by placed_at, hold_id)
      as holds
    from ledger.hold_recordings link
    join ledger.holds hold using (account_sid, hold_id)
    join ledger.matters matter using (account_sid, matter_id)
    where recording.is_held and hold.released_at is null
      and link.account_sid = recording.account_sid and link.recording_sid = recording.recording_sid
  ) held on true`;

const SELECT_SUMMARY = summariesFrom('ledger.recordings');

/** When a recording began; where Twilio did not say, when it was first heard of. As in the index that lists are read by. */
const BEGAN = 'coalesce(recording.started_at, recording.first_seen_at)';

/** By when they began, newest first. @returns at most `limit` */
export async function listRecordings(client: ClientBase, query: ListQuery): Promise<RecordingSummary[]> {
  const { accounts, number, held, limit } = query;
  const places = number === undefined ? undefined : await placesOfNumber(client, accounts, number);
  const conditions = new Conditions(accounts, limit)
    .and('recording.account_sid = known.account_sid')
    .and('recording.recording_sid in (select ledger.own_recordings(known.account_sid, ?))', query.identities)
    .and('recording.state = ?', query.state)
    .and('recording.call_sid = ?', query.callSid)
    .and('recording.conference_sid = ?', query.conferenceSid)
    .and('(recording.call_sid = any(?) or recording.conference_sid = any(?))', places?.callSids, places?.conferenceSids)
    .and('recording.recording_source = ?', query.source)
    // Not by a parameter: that the index of what is held serves it has to be seen in the text.
    .and(held === undefined ? 'true' : `${held ? '' : 'not '}recording.is_held`)
    .and(`${BEGAN} >= ?`, query.since)
    .and(`${BEGAN} < ?`, query.until)
    .and(`(${BEGAN}, recording.recording_sid) < (?, ?)`, ...(query.after ?? [undefined]));
  const { rows } = await client.query<QueryResultRow>(
    // A page of each account in the order of its index, and of those the newest.
    `${summariesFrom(`(
       select page.* from ledger.accounts known cross join lateral (
         select recording.*, ${BEGAN} as began_at from ledger.recordings recording where ${conditions}
         order by ${BEGAN} desc, recording.recording_sid desc limit $2
       ) page where known.account_sid = any($1)
       order by page.began_at desc, page.recording_sid desc limit $2
     )`)} order by recording.began_at desc, recording.recording_sid desc`,
    conditions.values,
  );
  return rows.map(toSummary);
}

export async function findSummary(client: ClientBase, accountSid: string, recordingSid: string) {
  const { rows } = await client.query<QueryResultRow>(
    `${SELECT_SUMMARY} where recording.account_sid = $1 and recording.recording_sid = $2`,
    [accountSid, recordingSid],
  );
  return rows[0] === undefined ? undefined : { row: rows[0], summary: toSummary(rows[0]) };
}

export async function summariesOfCall(
  client: ClientBase,
  accountSid: string,
  callSids: readonly string[],
): Promise<RecordingSummary[]> {
  const { rows } = await client.query<QueryResultRow>(
    `${SELECT_SUMMARY} where recording.account_sid = $1 and recording.call_sid = any($2)
     order by recording.first_seen_at, recording.recording_sid`,
    [accountSid, callSids],
  );
  return rows.map(toSummary);
}

export const iso = (moment: Date | null | undefined): string | undefined => moment?.toISOString();

/** Why it goes or went says more, once it does, than why it was kept; of what stays, what of it is gone. */
function reasonOf({ cause, reason, parts, metadata_removed_at: removedAt }: QueryResultRow): string | undefined {
  const said = cause === null ? [reason, describeParts(parts ?? [])] : [describeCause(cause), reason];
  return [...said, removedAt === null ? undefined : tellRemoved(removedAt)].filter(Boolean).join(' ') || undefined;
}

/** What is said in place of what was known. */
export const tellRemoved = (at: Date): string =>
  `What was known of it was removed on ${at.toISOString().slice(0, 10)}, when the period of its metadata was over.`;

const toSummary = (row: QueryResultRow): RecordingSummary => ({
  accountSid: row.account_sid,
  recordingSid: row.recording_sid,
  callSid: optional(row.call_sid),
  conferenceSid: optional(row.conference_sid),
  state: row.state,
  reason: reasonOf(row),
  from: optional(row.from_number),
  to: optional(row.to_number),
  channels: optional(row.channels),
  durationSeconds: optional(row.duration_seconds),
  startedAt: iso(row.started_at),
  firstSeenAt: row.first_seen_at.toISOString(),
  deleteAfter: iso(row.delete_after),
  metadataRemovedAt: iso(row.metadata_removed_at),
  transcriptSimulated: optional(row.simulated),
  holds: optional(row.holds),
});
