import type { consentRecorded, DataOf, OnrecordEvent } from '@onrecord/shared/events';
import type { ClientBase, Pool } from 'pg';
import type { RecordingKey } from '../change-recording.ts';
import { namesOfPerson, personOf } from '../erasures/subject-names.ts';
import type { Pseudonyms } from '../pseudonyms.ts';
import { legsOf, RELATIVES } from './facts.ts';
import { inTenant } from './tenancy.ts';

/** The recordings on whose decision the event can bear, as the ledger is now. */
export async function recordingsTouchedBy(
  pool: Pool,
  event: OnrecordEvent,
  pseudonyms: Pseudonyms,
): Promise<RecordingKey[]> {
  const { accountSid } = event.data;
  switch (event.type) {
    case 'onrecord.recording.reported.v1':
    case 'onrecord.recording.archived.v1':
    case 'onrecord.recording.archive-failed.v1':
    case 'onrecord.transcript.completed.v1':
    case 'onrecord.transcript.failed.v1':
      return [{ accountSid, recordingSid: event.data.recordingSid }];
    case 'onrecord.consent.recorded.v1':
      if (event.data.number !== undefined) {
        const answer = { ...event.data, number: event.data.number, recordedAt: new Date(event.data.recordedAt) };
        return inTenant(pool, accountSid, (client) => recordingsWith(client, answer, pseudonyms));
      }
      return recordingsOf(pool, accountSid, event.data.callSid, event.data.conferenceSid);
    case 'onrecord.conference.participant-joined.v1':
      return recordingsOf(pool, accountSid, event.data.callSid, event.data.conferenceSid);
    case 'onrecord.call.status-changed.v1':
      // It can join legs that were apart before, and tells the numbers and the direction that policies, places and holds go by.
      return recordingsOf(pool, accountSid, event.data.callSid);
    default:
      return [];
  }
}

/** Of a call with all of its legs, and of the conferences that it was in; or of a conference. */
export async function recordingsOf(
  pool: Pool,
  accountSid: string,
  callSid: string | undefined,
  conferenceSid?: string | undefined,
): Promise<RecordingKey[]> {
  const rows = await inTenant(pool, accountSid, async (client) => {
    const legs = await legsOf(client, accountSid, callSid === undefined ? [] : [callSid]);
    const found = await client.query<{ recording_sid: string }>(
      `select recording_sid from ledger.recordings where account_sid = $1 and call_sid = any($2)
     union
     select recording_sid from ledger.recordings where account_sid = $1 and conference_sid = $3
     union
     select recording_sid from ledger.participants joined
       join ledger.recordings using (account_sid, conference_sid)
       where account_sid = $1 and joined.call_sid = any($2)
     order by recording_sid`,
      [accountSid, legs, conferenceSid],
    );
    return found.rows;
  });
  return rows.map((row) => ({ accountSid, recordingSid: row.recording_sid }));
}

interface AnswerByNumber extends Pick<DataOf<typeof consentRecorded>, 'accountSid' | 'outcome'> {
  number: string;
  recordedAt: Date;
}

/**
 * Of calls with the number, in whatever spelling it or the pseudonym stands that takes its place when its period is over: those that were
 * made since the answer, and for a withdrawal those before as well.
 */
export async function recordingsWith(
  client: Pick<ClientBase, 'query'>,
  { accountSid, outcome, number, recordedAt }: AnswerByNumber,
  pseudonyms: Pseudonyms,
): Promise<RecordingKey[]> {
  const { rows } = await client.query<{ recording_sid: string }>(
    `with recursive named as (
       select call_sid from ledger.calls where account_sid = $1 and from_number = any($2)
       union
       select call_sid from ledger.calls where account_sid = $1 and to_number = any($2)
       union
       select call_sid from ledger.call_numbers where account_sid = $1 and spelling = any($5)
     ), legs as (
       select call_sid from named
       union
       ${RELATIVES}
     )
     select recording_sid from ledger.recordings
     where account_sid = $1 and ($3 or coalesce(started_at, reported_at) >= $4) and recording_sid in (
       select recording_sid from ledger.recordings where account_sid = $1 and call_sid = any(array(select call_sid from legs))
       union
       select recording_sid from ledger.participants joined join ledger.recordings using (account_sid, conference_sid)
       where account_sid = $1 and joined.call_sid = any(array(select call_sid from legs))
     )
     -- What may be fetched or sent somewhere at this moment comes first.
     order by state in ('cleared', 'archived', 'archive-failed', 'transcript-failed') desc,
       coalesce(started_at, reported_at) desc, recording_sid`,
    [
      ...[accountSid, [number, personOf(pseudonyms, number)], outcome === 'withdrawn', recordedAt],
      namesOfPerson(pseudonyms, number),
    ],
  );
  return rows.map((row) => ({ accountSid, recordingSid: row.recording_sid }));
}
