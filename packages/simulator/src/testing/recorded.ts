import type { RecordingState } from '../twilio/account-state.ts';
import { ACCOUNT_SID } from './application.ts';

let made = 0;

/** A completed recording, as it is kept, with what is different about it. */
export function recorded(change: Partial<RecordingState> = {}): RecordingState {
  made += 1;
  const at = new Date(Date.UTC(2026, 10, 1, 12, 0, made)).toISOString();
  return {
    sid: `RE${made.toString(16).padStart(32, '0')}`,
    accountSid: ACCOUNT_SID,
    callSid: `CA${made.toString(16).padStart(32, '0')}`,
    conferenceSid: null,
    status: 'completed',
    source: 'DialVerb',
    track: 'both',
    channels: 2,
    startTime: at,
    duration: 5,
    errorCode: null,
    dateCreated: at,
    dateUpdated: at,
    deletedAt: null,
    media: null,
    ...change,
  };
}
