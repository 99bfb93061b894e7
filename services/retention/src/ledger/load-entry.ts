import type { ClientBase, QueryResultRow } from 'pg';
import type { RecordingEntry, StepFailure } from '../domain/custody.ts';
import { toDecision } from './decisions.ts';
import { toDeletion } from './deletions.ts';
import { loadFacts } from './facts.ts';
import { toRecording } from './recordings.ts';
import { optional } from './rows.ts';

type Queryable = Pick<ClientBase, 'query'>;

/**
 * Everything about the recording of this row. The row must have been locked by an earlier statement: only then do these see
 * what others committed while that one waited for its lock.
 */
export async function loadEntry(client: Queryable, row: QueryResultRow): Promise<RecordingEntry> {
  const latest = async <T>(table: string, order: string, map: (found: QueryResultRow) => T, condition = 'true') => {
    const sql = `select * from ${table} where account_sid = $1 and recording_sid = $2 and ${condition} order by ${order} desc limit 1`;
    const { rows } = await client.query<QueryResultRow>(sql, [row.account_sid, row.recording_sid]);
    return rows[0] === undefined ? undefined : map(rows[0]);
  };
  return {
    facts: await loadFacts(client, toRecording(row)),
    decision: await latest('ledger.decisions', 'decision', toDecision),
    archive: await latest('ledger.archives', 'learned_at', toArchive),
    transcript: await latest('ledger.transcripts', 'learned_at', toTranscript),
    archiveFailure: await latest('ledger.failures', 'decision', toFailure, `step = 'archive'`),
    transcriptFailure: await latest('ledger.failures', 'decision', toFailure, `step = 'transcript'`),
    deletion: await latest('ledger.deletions', 'deletion', toDeletion),
    deleteAfterOverride: optional(row.delete_after_override),
    prefix: optional(row.prefix),
  };
}

const toArchive = (row: QueryResultRow) => ({
  prefix: row.prefix,
  storedAt: row.archived_at,
  learnedAt: row.learned_at,
});

const toTranscript = (row: QueryResultRow) => ({ storedAt: row.completed_at, learnedAt: row.learned_at });

const toFailure = (row: QueryResultRow): StepFailure => ({
  stage: row.stage,
  reason: row.reason,
  attempts: row.attempts,
  failedAt: row.failed_at,
});
