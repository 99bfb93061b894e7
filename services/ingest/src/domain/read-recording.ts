import type { DataOf, recordingReported } from '@onrecord/shared/events';
import * as read from './parameters.ts';

/**
 * A recording status callback as the fact that it reports.
 * Source: Twilio, "Recording status callback"; ErrorCode is in the sample of its page on encryption.
 * @throws ParameterError
 */
export function readRecording(parameters: read.Parameters, accountSid: string): DataOf<typeof recordingReported> {
  return {
    accountSid: read.requiredAccount(parameters, accountSid),
    recordingSid: read.requiredSid(parameters, 'RecordingSid', 'RE'),
    callSid: read.optionalSid(parameters, 'CallSid', 'CA'),
    conferenceSid: read.optionalSid(parameters, 'ConferenceSid', 'CF'),
    status: read.requiredStatus(parameters, 'RecordingStatus'),
    recordingSource: read.optional(parameters, 'RecordingSource'),
    channels: read.wholeNumber(parameters, 'RecordingChannels') || undefined,
    track: read.optional(parameters, 'RecordingTrack'),
    durationSeconds: read.number(parameters, 'RecordingDuration'),
    startedAt: read.instant(parameters, 'RecordingStartTime'),
    errorCode: read.wholeNumber(parameters, 'ErrorCode'),
    parameters: { ...parameters },
  };
}
