import { callStatusChanged, createEvent, recordingReported } from '@onrecord/shared/events';
import { describe, expect, test } from 'vitest';
import { listedCall, listedRecording } from '../testing/resources.ts';
import { ACCOUNT, RECORDING, sid } from '../testing/signed-request.ts';
import { judgeResource, PENDING_MAX_MS } from './judge-resource.ts';
import { readCallResource } from './read-call-resource.ts';
import { readCallStatus } from './read-call-status.ts';
import { readRecording } from './read-recording.ts';
import { readRecordingResource } from './read-recording-resource.ts';
import type { Resource } from './resource.ts';

const SEEN_AT = '2026-11-21T10:00:00.000Z';
const context = { time: SEEN_AT };

describe('a listed recording is the event that its callback is', () => {
  test('with everything that both say', () => {
    const { parameters: _, ...listed } = readRecordingResource(listedRecording(), ACCOUNT);
    const { parameters: __, ...reported } = readRecording(RECORDING, ACCOUNT);
    expect({ ...listed, errorCode: 0 }).toEqual(reported);
  });

  test.each(['completed', 'absent', 'failed', 'something-new'])('with the same id when it is %s', (status) => {
    const listed = readRecordingResource(listedRecording({ status }), ACCOUNT);
    const reported = readRecording({ ...RECORDING, RecordingStatus: status }, ACCOUNT);
    const [a, b] = [listed, reported].map((data) => createEvent(recordingReported, data, context));
    expect([a?.id, a?.subject, a?.source]).toEqual([b?.id, b?.subject, b?.source]);
  });

  test('of a conference, with the conference as its key', () => {
    const resource = listedRecording({ call_sid: null, conference_sid: sid('CF') });
    const { subject } = createEvent(recordingReported, readRecordingResource(resource, ACCOUNT), context);
    expect(subject).toBe(sid('CF'));
  });

  test('and keeps what Twilio sent under its own names', () => {
    const details = { encryption_cek: 'c', encryption_iv: 'i' };
    const { parameters } = readRecordingResource(listedRecording({ encryption_details: details }), ACCOUNT);
    expect(parameters).toMatchObject({ price: '-0.00250', encryption_details: JSON.stringify(details) });
    expect(parameters).not.toHaveProperty('error_code');
  });

  test('whose length is not known yet has none', () => {
    const resource = listedRecording({ status: 'processing', duration: '-1' });
    expect(readRecordingResource(resource, ACCOUNT).durationSeconds).toBeUndefined();
  });

  test('and is refused when it is of another account', () => {
    expect(() => readRecordingResource(listedRecording({ account_sid: sid('AC', 'b') }), ACCOUNT)).toThrow(
      'AccountSid',
    );
  });
});

describe('a listed call is the event that its last callback is', () => {
  const callback = {
    AccountSid: ACCOUNT,
    CallSid: sid('CA'),
    ParentCallSid: sid('CA', 'b'),
    Direction: 'outbound-dial',
    From: '+14155550101',
    To: '+14155550199',
    CallDuration: '9',
    Timestamp: 'Tue, 28 May 2019 02:18:09 +0000',
  };
  const resource = { parent_call_sid: sid('CA', 'b'), direction: 'outbound-dial' };

  test.each(['completed', 'busy', 'failed', 'no-answer', 'canceled'])('with the same id when it is %s', (status) => {
    const listed = readCallResource(listedCall({ ...resource, status }), ACCOUNT, SEEN_AT);
    const reported = readCallStatus({ ...callback, CallStatus: status }, ACCOUNT, SEEN_AT);
    const [a, b] = [listed, reported].map((data) => createEvent(callStatusChanged, data, context));
    expect([a?.id, a?.subject, a?.source]).toEqual([b?.id, b?.subject, b?.source]);
    expect({ ...listed, parameters: {} }).toEqual({ ...reported, parameters: {} });
  });

  test('at the time when it was last changed where it never ended', () => {
    const cancelled = listedCall({ status: 'canceled', start_time: null, end_time: null });
    expect(readCallResource(cancelled, ACCOUNT, SEEN_AT).occurredAt).toBe('2019-05-28T02:18:12.000Z');
  });
});

describe('what is listed', () => {
  const beganMs = Date.parse('2019-05-28T02:18:02Z');
  const judge = (change: Resource, nowMs = beganMs + 60_000, graceMs = 30_000) =>
    judgeResource('recording', listedRecording(change), { nowMs, graceMs, accountSid: ACCOUNT });

  test.each(['in-progress', 'paused', 'stopped', 'processing'])('is asked for again while it is %s', (status) => {
    expect(judge({ status })).toBe('pending');
  });

  test.each(['completed', 'absent', 'failed', 'something-new'])('is a fact when it is %s', (status) => {
    expect(judge({ status })).toBe('final');
  });

  test('is left to its callback for a while', () => {
    expect(judge({}, beganMs + 20_000)).toBe('pending');
    expect(judge({}, beganMs + 60_000)).toBe('final');
  });

  // A price that came days later once held the watermark back for a day that was long done.
  test('is final when an old one changes once more', () => {
    const nowMs = beganMs + 3 * 86_400_000;
    expect(judge({ date_updated: new Date(nowMs - 1_000).toUTCString() }, nowMs)).toBe('final');
  });

  // One recording that stayed in processing at Twilio would have held the watermark back for ever.
  test('is not waited for longer than anything takes', () => {
    expect(judge({ status: 'processing' }, beganMs + PENDING_MAX_MS + 1)).toBe('abandoned');
  });

  test('says nothing once it was deleted', () => {
    expect(judge({ status: 'deleted' })).toBe('nothing');
  });
});
