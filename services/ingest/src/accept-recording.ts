import { createEvent, recordingReported } from '@onrecord/shared/events';
import type { Callback, MeasuredAcceptance } from './acceptance.ts';
import { readRecording } from './domain/read-recording.ts';

/** Takes in a recording's state. Resolves when it is durable. @throws ParameterError, EventLogUnavailableError */
export async function acceptRecording(callback: Callback, { publish, late }: MeasuredAcceptance): Promise<void> {
  const data = readRecording(callback.parameters, callback.accountSid);
  const event = createEvent(recordingReported, data, { time: callback.receivedAt, traceparent: callback.traceparent });
  await publish([event]);
  late(event, callback.receivedAt);
}
