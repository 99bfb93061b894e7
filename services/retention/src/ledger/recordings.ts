import type { EventOf, recordingReported } from '@onrecord/shared/events';
import type { ClientBase, QueryResultRow } from 'pg';
import { evolveRecording, type Recording } from '../domain/recording.ts';
import { insertIfNew, lockRow, optional, updateRow } from './rows.ts';

export async function writeRecording(client: ClientBase, event: EventOf<typeof recordingReported>, now: Date) {
  const { startedAt, ...data } = event.data;
  await mergeRecording(
    client,
    {
      ...data,
      startedAt: startedAt === undefined ? undefined : new Date(startedAt),
      reportedAt: new Date(event.time),
      learnedAt: now,
    },
    now,
  );
}

/** A recording that we first hear of from its media: Twilio's own report of it is still on its way, or was before our time. */
const STATUS_NOT_REPORTED = 'not-reported';

/** Makes sure that there is a row for what is said about a recording. */
export async function writeMention(
  client: ClientBase,
  data: { accountSid: string; recordingSid: string; callSid?: string | undefined; conferenceSid?: string | undefined },
  now: Date,
): Promise<void> {
  const { accountSid, recordingSid, callSid, conferenceSid } = data;
  const mention = { accountSid, recordingSid, callSid, conferenceSid, status: STATUS_NOT_REPORTED };
  await insertRecording(client, { ...mention, reportedAt: now, learnedAt: now }, now);
}

async function mergeRecording(client: ClientBase, report: Recording, now: Date): Promise<void> {
  if (await insertRecording(client, report, now)) return;
  const key = { account_sid: report.accountSid, recording_sid: report.recordingSid };
  const row = await lockRow(client, 'ledger.recordings', key);
  await updateRow(client, 'ledger.recordings', key, toColumns(evolveRecording(row && toRecording(row), report)));
}

const insertRecording = (client: ClientBase, recording: Recording, now: Date): Promise<boolean> =>
  insertIfNew(client, 'ledger.recordings', {
    account_sid: recording.accountSid,
    recording_sid: recording.recordingSid,
    ...toColumns(recording),
    first_seen_at: now,
    state: 'in-progress',
  });

const toColumns = (recording: Recording) => ({
  call_sid: recording.callSid,
  conference_sid: recording.conferenceSid,
  twilio_status: recording.status,
  recording_source: recording.recordingSource,
  channels: recording.channels,
  track: recording.track,
  duration_seconds: recording.durationSeconds,
  started_at: recording.startedAt,
  error_code: recording.errorCode,
  reported_at: recording.reportedAt,
  learned_at: recording.learnedAt,
});

export const toRecording = (row: QueryResultRow): Recording => ({
  accountSid: row.account_sid,
  recordingSid: row.recording_sid,
  callSid: optional(row.call_sid),
  conferenceSid: optional(row.conference_sid),
  status: row.twilio_status,
  recordingSource: optional(row.recording_source),
  channels: optional(row.channels),
  track: optional(row.track),
  durationSeconds: optional(row.duration_seconds),
  startedAt: optional(row.started_at),
  errorCode: optional(row.error_code),
  reportedAt: row.reported_at,
  learnedAt: row.learned_at,
});
