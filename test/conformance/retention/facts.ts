import { randomBytes } from 'node:crypto';
import {
  callStatusChanged,
  conferenceParticipantJoined,
  consentRecorded,
  createEvent,
  type DataOf,
  type OnrecordEvent,
  recordingArchived,
  recordingArchiveFailed,
  recordingReported,
  transcriptCompleted,
  transcriptFailed,
} from '@onrecord/shared/events';

export const newSid = (prefix: string) => `${prefix}${randomBytes(16).toString('hex')}`;
export const ACCOUNT = newSid('AC');
const START = new Date('2026-03-01T10:00:00.000Z');
export const at = (minutes: number) => new Date(START.getTime() + minutes * 60_000);

const time = (minutes: number) => ({ time: at(minutes).toISOString() });

type Fields<Definition> = Partial<DataOf<Definition>>;

export const recordingCompleted = (
  recordingSid: string,
  place: { callSid?: string; conferenceSid?: string },
  fields: Fields<typeof recordingReported> = {},
): OnrecordEvent =>
  createEvent(
    recordingReported,
    {
      accountSid: ACCOUNT,
      recordingSid,
      ...place,
      status: 'completed',
      channels: place.conferenceSid === undefined ? 2 : 1,
      durationSeconds: 12,
      startedAt: at(-1).toISOString(),
      recordingSource: 'StartCallRecordingTwiML',
      parameters: {},
      ...fields,
    },
    time(0),
  );

export const consentOf = (
  place: { callSid?: string; conferenceSid?: string },
  outcome: 'granted' | 'refused' | 'withdrawn',
  fields: Fields<typeof consentRecorded> = {},
): OnrecordEvent =>
  createEvent(
    consentRecorded,
    {
      accountSid: ACCOUNT,
      ...place,
      party: 'caller',
      outcome,
      purposes: ['record', 'transcribe'],
      method: 'key-press',
      recordedAt: at(-1).toISOString(),
      reference: `key-press:${outcome}`,
      ...fields,
    },
    time(-1),
  );

export const legReported = (callSid: string, fields: Fields<typeof callStatusChanged> = {}): OnrecordEvent =>
  createEvent(
    callStatusChanged,
    {
      accountSid: ACCOUNT,
      callSid,
      status: 'completed',
      from: '+14155550100',
      to: '+14155550142',
      sequenceNumber: 3,
      occurredAt: at(0).toISOString(),
      parameters: {},
      ...fields,
    },
    time(0),
  );

export const joined = (conferenceSid: string, callSid: string, fields: { label?: string } = {}): OnrecordEvent =>
  createEvent(
    conferenceParticipantJoined,
    { accountSid: ACCOUNT, conferenceSid, callSid, joinedAt: at(-1).toISOString(), parameters: {}, ...fields },
    time(-1),
  );

export const stored = (key: string) => ({
  key,
  bytes: 44,
  sha256: 'a'.repeat(64),
  contentType: 'application/octet-stream',
});

export const archived = (
  recordingSid: string,
  callSid: string,
  prefix: string,
  fields: Fields<typeof recordingArchived> = {},
): OnrecordEvent =>
  createEvent(
    recordingArchived,
    {
      accountSid: ACCOUNT,
      recordingSid,
      callSid,
      store: 'file:///recordings',
      prefix,
      media: stored(`${prefix}media.wav`),
      manifest: stored(`${prefix}manifest.json`),
      channels: 2,
      durationSeconds: 12,
      archivedAt: at(1).toISOString(),
      ...fields,
    },
    time(1),
  );

const givenUp = (recordingSid: string, callSid: string, stage: string, reason: string) => ({
  accountSid: ACCOUNT,
  recordingSid,
  callSid,
  decision: 1,
  stage,
  reason,
  attempts: 12,
  failedAt: at(2).toISOString(),
});

export const archiveFailed = (recordingSid: string, callSid: string): OnrecordEvent =>
  createEvent(recordingArchiveFailed, givenUp(recordingSid, callSid, 'media', 'Twilio answers 404'), time(2));

export const transcriptionFailed = (recordingSid: string, callSid: string): OnrecordEvent =>
  createEvent(transcriptFailed, givenUp(recordingSid, callSid, 'transcription', 'Deepgram answers 402'), time(2));

const COST = { isKnown: false, reason: 'no price is known of nova-9 by simulator at localhost' } as const;

export const transcribed = (
  recordingSid: string,
  callSid: string,
  prefix: string,
  fields: Fields<typeof transcriptCompleted> = {},
): OnrecordEvent =>
  createEvent(
    transcriptCompleted,
    {
      accountSid: ACCOUNT,
      recordingSid,
      callSid,
      provider: 'simulator',
      simulated: true,
      audioSha256: 'a'.repeat(64),
      optionsFingerprint: 'f1',
      turns: 2,
      words: 9,
      billedSeconds: 12,
      cost: COST,
      uncertainSeconds: 0,
      transcript: stored(`${prefix}transcript.json`),
      derived: ['vtt', 'srt', 'txt'].map((format) => stored(`${prefix}transcript.${format}`)),
      completedAt: at(2).toISOString(),
      ...fields,
    },
    time(2),
  );
