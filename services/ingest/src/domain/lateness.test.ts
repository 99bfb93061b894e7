import { callStatusChanged, createEvent, recordingReported } from '@onrecord/shared/events';
import { describe, expect, test } from 'vitest';
import { ACCOUNT, RECORDING, sid } from '../testing/signed-request.ts';
import { latenessOf } from './lateness.ts';
import { readCallStatus } from './read-call-status.ts';
import { readRecording } from './read-recording.ts';

const RECEIVED_AT = '2019-05-28T02:18:20.000Z';
const lateness = (event: Parameters<typeof latenessOf>[0]) => latenessOf(event, Date.parse(RECEIVED_AT));

describe('how late a callback was', () => {
  const call = (more: object) => {
    const parameters = { AccountSid: ACCOUNT, CallSid: sid('CA'), CallStatus: 'completed', ...more };
    return createEvent(callStatusChanged, readCallStatus(parameters, ACCOUNT, RECEIVED_AT), { time: RECEIVED_AT });
  };
  const recording = (more: object) =>
    createEvent(recordingReported, readRecording({ ...RECORDING, ...more }, ACCOUNT), { time: RECEIVED_AT });

  test('is known of a call with a Timestamp', () => {
    expect(lateness(call({ Timestamp: 'Tue, 28 May 2019 02:18:15 +0000' }))).toEqual({ kind: 'call', seconds: 5 });
    expect(lateness(call({}))).toBeUndefined();
  });

  test('is counted from the end of a completed recording', () => {
    expect(lateness(recording({}))).toEqual({ kind: 'recording', seconds: 13 });
    expect(lateness(recording({ RecordingStatus: 'absent' }))).toBeUndefined();
    expect(lateness(recording({ RecordingDuration: '' }))).toBeUndefined();
  });

  test('is never less than nothing, where Twilio’s clock is ahead', () => {
    expect(lateness(call({ Timestamp: 'Tue, 28 May 2019 02:19:00 +0000' }))?.seconds).toBe(0);
  });
});
