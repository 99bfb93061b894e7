import type { ClientBase, QueryResultRow } from 'pg';

export interface TimelineEntry {
  at: string;
  what: string;
  detail?: string | undefined;
}

/** More happens to no recording in its life; a limit keeps a page a page. */
const ENTRIES_MAX = 500;

/** What happened to a recording, in order. */
export async function timelineOf(
  client: ClientBase,
  accountSid: string,
  recordingSid: string,
  consentIds: readonly string[],
): Promise<TimelineEntry[]> {
  const { rows } = await client.query<QueryResultRow>(
    `select * from (
       select reported_at as at, 'recording ' || twilio_status as what, null as detail, 0 as place
         from ledger.recordings where account_sid = $1 and recording_sid = $2 and metadata_removed_at is null
       union all
       select metadata_removed_at, 'metadata removed', null, 8
         from ledger.recordings where account_sid = $1 and recording_sid = $2 and metadata_removed_at is not null
       union all
       select recorded_at, 'consent ' || outcome, party || coalesce(' of ' || coalesce(call_sid, conference_sid), ', by number') || ' (' || method || '): ' || array_to_string(purposes, ', '), 1
         from ledger.consents where account_sid = $1 and consent_id = any($3)
       union all
       select decided_at, 'decided: ' || outcome, reason, 2
         from ledger.decisions where account_sid = $1 and recording_sid = $2
       union all
       select archived_at, 'archived', store, 3 from ledger.archives where account_sid = $1 and recording_sid = $2
       union all
       select completed_at, 'transcribed', provider || case when simulated then ' (simulated)' else '' end, 4
         from ledger.transcripts where account_sid = $1 and recording_sid = $2
       union all
       select failed_at, step || ' failed', stage || ': ' || reason, 5
         from ledger.failures where account_sid = $1 and recording_sid = $2
       union all
       select started_at, 'deletion begun', concat_ws(': ', cause, array_to_string(classes, ', ')), 6
         from ledger.deletions where account_sid = $1 and recording_sid = $2
       union all
       select completed_at, 'deleted', concat_ws('; ', array_to_string(classes, ', '),
           case when classes is null or classes <> array['twilio-copy'] then jsonb_array_length(objects_deleted) || ' object(s)' end,
           'Twilio: ' || source_outcome), 7
         from ledger.deletions where account_sid = $1 and recording_sid = $2 and completed_at is not null
     ) entries order by at, place limit ${ENTRIES_MAX}`,
    [accountSid, recordingSid, consentIds],
  );
  return rows.map((row) => ({ at: row.at.toISOString(), what: row.what, detail: row.detail ?? undefined }));
}
