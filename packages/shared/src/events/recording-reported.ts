import { z } from 'zod';
import { accountSid, callSid, conferenceSid, defineEvent, instant, recordingSid, TOPICS } from './envelope.ts';

/** Twilio reported a recording's state. A conference recording has a ConferenceSid and no CallSid. */
export const recordingReported = defineEvent({
  type: 'onrecord.recording.reported.v1',
  topic: TOPICS.telephony,
  summary: 'A recording is in-progress, completed, absent, failed or in a newer state.',
  schema: z.looseObject({
    accountSid,
    recordingSid,
    callSid: callSid.optional(),
    conferenceSid: conferenceSid.optional(),
    status: z.string().min(1),
    /** DialVerb, Conference, OutboundAPI, Trunking, RecordVerb, StartCallRecordingAPI, StartCallRecordingTwiML, … */
    recordingSource: z.string().optional(),
    channels: z.number().int().positive().optional(),
    track: z.string().optional(),
    durationSeconds: z.number().nonnegative().optional(),
    startedAt: instant.optional(),
    /** Twilio's code; 0 or absent means no error. */
    errorCode: z.number().int().optional(),
    parameters: z.record(z.string(), z.string()),
  }),
  key: (data) => data.callSid ?? data.conferenceSid ?? data.recordingSid,
  id: (data) => `recording:${data.recordingSid}:${data.status}`,
});
