import type { DataOf, recordingReported } from '@onrecord/shared/events';
import { readRecording } from './read-recording.ts';
import { parametersOf, type Resource, renamed } from './resource.ts';

/** Parameters of the recording status callback, and the fields of the resource that say the same. */
const SAME = {
  AccountSid: 'account_sid',
  CallSid: 'call_sid',
  ConferenceSid: 'conference_sid',
  RecordingSid: 'sid',
  RecordingStatus: 'status',
  RecordingDuration: 'duration',
  RecordingChannels: 'channels',
  RecordingStartTime: 'start_time',
  RecordingSource: 'source',
  RecordingTrack: 'track',
  ErrorCode: 'error_code',
};

/**
 * A listed recording as the fact that its callback would have reported: the same id, because it is read the same way.
 * Source: twilio-oai, `api.v2010.account.recording`.
 * @throws ParameterError
 */
export function readRecordingResource(resource: Resource, accountSid: string): DataOf<typeof recordingReported> {
  return { ...readRecording(renamed(resource, SAME), accountSid), parameters: { ...parametersOf(resource) } };
}
