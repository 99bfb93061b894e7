import type { ClientBase, QueryResultRow } from 'pg';
import type { RecordingEntry } from '../domain/custody.ts';
import type { Deletion } from '../domain/deletion.ts';
import { toDecision } from './decisions.ts';
import { toDeletion } from './deletions.ts';
import { reviveMoments } from './load-entry.ts';
import { toRecording } from './recordings.ts';
import { optional } from './rows.ts';

/** A recording with what its schedule depends on: neither its legs nor anybody's answer. */
export interface Plannable {
  row: QueryResultRow;
  entry: RecordingEntry;
}

/**
 * A batch of an account's recordings of which something is still known, in the order of their SIDs, in one statement.
 * @param after the last SID of the batch before
 */
export async function loadPlannable(
  client: Pick<ClientBase, 'query'>,
  { accountSid, after, limit }: { accountSid: string; after: string; limit: number },
): Promise<Plannable[]> {
  const { rows } = await client.query<QueryResultRow>(
    `select recording.*, decided.*, archived.*, transcribed.*, gone.*, leg.direction, recording.delete_after as delete_after
     from (
       select * from ledger.recordings
       where account_sid = $1 and recording_sid > $2 and planned_with is not null order by recording_sid limit $3
     ) recording
     left join lateral (
       select to_jsonb(row) as decision_row, row.decided_at as decision_at, row.delete_after as decision_delete_after,
         row.cleared_at as decision_cleared_at
       from ledger.decisions row
       where account_sid = $1 and recording_sid = recording.recording_sid and decision = recording.decision
     ) decided on true
     left join lateral (
       select store, archive.prefix as archive_prefix, archived_at, warnings from ledger.archives archive
       where account_sid = $1 and recording_sid = recording.recording_sid
     ) archived on true
     left join lateral (
       select max(completed_at) as transcribed_at from ledger.transcripts
       where account_sid = $1 and recording_sid = recording.recording_sid
     ) transcribed on true
     left join lateral (
       select coalesce(jsonb_agg(to_jsonb(row) order by deletion), '[]') as deletions from ledger.deletions row
       where account_sid = $1 and recording_sid = recording.recording_sid
     ) gone on true
     left join ledger.calls leg on leg.account_sid = $1 and leg.call_sid = recording.call_sid
     order by recording_sid`,
    [accountSid, after, limit],
  );
  return rows.map((row) => ({ row, entry: toEntry(row) }));
}

const NOBODY = {
  ...{ legs: [], participants: [], parties: [], consents: [], unread: [] },
  places: { requirement: 'all-party', version: 'none' },
} as const;

function toEntry(row: QueryResultRow): RecordingEntry {
  const deletions = row.deletions.map((each: QueryResultRow) => toDeletion(reviveMoments(each))) as Deletion[];
  const decision = row.decision_row && {
    ...row.decision_row,
    decided_at: row.decision_at,
    delete_after: row.decision_delete_after,
    cleared_at: row.decision_cleared_at,
    review_at: row.decision_row.review_at === null ? null : new Date(row.decision_row.review_at),
  };
  return {
    facts: { recording: toRecording(row), ...NOBODY },
    company: { direction: optional(row.direction), joined: [] },
    decision: decision ? toDecision(decision) : undefined,
    archive:
      row.archived_at === null
        ? undefined
        : { store: row.store, prefix: row.archive_prefix, storedAt: row.archived_at, warnings: row.warnings },
    transcript: row.transcribed_at === null ? undefined : { storedAt: row.transcribed_at },
    deletion: deletions.findLast(({ classes }) => classes === undefined),
    partDeletions: deletions.filter(({ classes }) => classes !== undefined),
    lateMediaAt: optional(row.late_media_at),
    numbersReplacedAt: optional(row.numbers_replaced_at),
    deleteAfterOverride: optional(row.delete_after_override),
    prefix: optional(row.prefix),
  };
}
