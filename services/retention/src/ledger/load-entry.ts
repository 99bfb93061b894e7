import type { ClientBase, QueryResultRow } from 'pg';
import type { RecordingEntry, StepFailure } from '../domain/custody.ts';
import { toDecision } from './decisions.ts';
import { toDeletion } from './deletions.ts';
import { erasureOf } from './erasures/erasure-of.ts';
import { loadFacts, type NumberReading } from './facts.ts';
import { holdsOn } from './holds/holds-on.ts';
import { toRecording } from './recordings.ts';
import { optional } from './rows.ts';

type Queryable = Pick<ClientBase, 'query'>;

/** The newest row of each table for one recording, in one round trip: every decision reads all of them. */
const newest = (table: string, order: string, condition = 'true') =>
  `(select to_jsonb(row) from ledger.${table} row
    where account_sid = $1 and recording_sid = $2 and ${condition} order by ${order} desc limit 1)`;

const SELECT_CUSTODY = `select clock_timestamp() as read_at,
  ${newest('decisions', 'decision')} as decision,
  ${newest('archives', 'learned_at')} as archive,
  ${newest('transcripts', 'learned_at')} as transcript,
  ${newest('failures', 'decision', `step = 'archive'`)} as archive_failure,
  ${newest('failures', 'decision', `step = 'transcript'`)} as transcript_failure,
${newest('deletions', 'deletion', 'classes is null')} as deletion,
  (select coalesce(jsonb_agg(to_jsonb(row) order by deletion), '[]') from ledger.deletions row
   where account_sid = $1 and recording_sid = $2 and classes is not null) as part_deletions,
  (select json_agg(decision) from ledger.decisions
    where account_sid = $1 and recording_sid = $2 and outcome = 'cleared' and continues is null) as clearances,
  (select json_agg(distinct number) from ledger.calls, unnest(array[from_number, to_number]) number
    where account_sid = $1 and call_sid = any($5) and number is not null) as numbers,
  (select json_agg(distinct tag) from ledger.tags, unnest(tags) tag
    where account_sid = $1 and subject_sid = any($5 || $4::text)) as tags,
  (select direction from ledger.calls where account_sid = $1 and call_sid = $3) as direction,
  (select json_agg(joined) from (
    select label, joined_at from ledger.participants
    where account_sid = $1 and conference_sid = $4 order by joined_at, call_sid limit 3
  ) joined) as joined`;

/**
 * Everything about the recording of this row. The row must have been locked by an earlier statement: only then do these see
 * what others committed while that one waited for its lock.
 */
export async function loadEntry(
  client: Queryable,
  row: QueryResultRow,
  reading: NumberReading,
): Promise<RecordingEntry> {
  const facts = await loadFacts(client, toRecording(row), reading);
  const { rows } = await client.query<QueryResultRow>({
    name: 'load-custody',
    text: SELECT_CUSTODY,
    values: [
      row.account_sid,
      row.recording_sid,
      row.call_sid,
      row.conference_sid,
      [...facts.legs, ...facts.participants],
    ],
  });
  const custody = rows[0] ?? {};
  const read = <T>(json: QueryResultRow | null, map: (found: QueryResultRow) => T) =>
    json === null ? undefined : map(reviveMoments(json));
  return {
    facts,
    company: { direction: optional(custody.direction), joined: (custody.joined ?? []).map(toJoined) },
    numbers: custody.numbers ?? [],
    tags: custody.tags ?? [],
    rule: optional(row.policy_rule),
    numbersReplacedAt: optional(row.numbers_replaced_at),
    metadataRemovedAt: optional(row.metadata_removed_at),
    decision: read(custody.decision, toDecision),
    clearances: custody.clearances ?? [],
    archive: read(custody.archive, toArchive),
    transcript: read(custody.transcript, toTranscript),
    archiveFailure: read(custody.archive_failure, toFailure),
    transcriptFailure: read(custody.transcript_failure, toFailure),
    deletion: read(custody.deletion, toDeletion),
    partDeletions: custody.part_deletions.map((each: QueryResultRow) => toDeletion(reviveMoments(each))),
    erasure: await erasureOf(client, facts),
    deleteAfterOverride: optional(row.delete_after_override),
    overrideBy: optional(row.override_by),
    holds: await holdsOn(client, facts, reading.pseudonyms),
    inFlight: (row.in_flight as { attempt: string; until: string }[]).map(({ attempt, until }) => ({
      attempt,
      until: new Date(until),
    })),
    readAt: custody.read_at,
    lateMediaAt: optional(row.late_media_at),
    prefix: optional(row.prefix),
  };
}

/** Rows as JSON carry moments as text; in this schema the columns with a moment end in `_at`, `_after` or `_until`. */
export const reviveMoments = (json: QueryResultRow): QueryResultRow =>
  Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      name,
      typeof value === 'string' && /_(at|after|until)$/.test(name) ? new Date(value) : value,
    ]),
  );

const toJoined = (json: QueryResultRow) => {
  const { label, joined_at: joinedAt } = reviveMoments(json);
  return { label: optional<string>(label), joinedAt };
};

const toArchive = (row: QueryResultRow) => ({
  store: row.store,
  prefix: row.prefix,
  storedAt: row.archived_at,
  warnings: row.warnings,
});

const toTranscript = (row: QueryResultRow) => ({ storedAt: row.completed_at });

const toFailure = (row: QueryResultRow): StepFailure => ({
  stage: row.stage,
  reason: row.reason,
  attempts: row.attempts,
  failedAt: row.failed_at,
});
