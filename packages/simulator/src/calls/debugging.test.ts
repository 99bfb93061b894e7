import { expect, test } from 'vitest';
import type { CallScript } from '../simulator.ts';
import { ACCOUNT_SID, startApplication } from '../testing/application.ts';
import { simulate } from '../testing/simulated.ts';

const FAILED: CallScript = {
  kind: 'outbound-call',
  from: '+14155550100',
  to: '+14155550142',
  outcome: 'failed',
  sipResponseCode: 503,
  alerts: [{ errorCode: '32011', level: 'WARNING', text: 'no answer from sip:pbx.example', details: { sipUri: 'x' } }],
};

test('the debugger posts what went wrong with a call, signed as Twilio signs a form', async () => {
  const application = await startApplication();
  const simulator = await simulate(application);
  const { callSid } = await simulator.placeCall(FAILED);
  const [posted] = application.at('/webhooks/debugger');
  expect(posted).toMatchObject({
    AccountSid: ACCOUNT_SID,
    Sid: expect.stringMatching(/^NO[0-9a-f]{32}$/),
    Level: 'WARNING',
    PayloadType: 'application/json',
  });
  expect(JSON.parse(posted?.Payload ?? '')).toMatchObject({
    resource_sid: callSid,
    error_code: '32011',
    more_info: { Msg: 'no answer from sip:pbx.example', sipUri: 'x' },
  });
  expect(application.received.every(({ isSigned }) => isSigned)).toBe(true);
  expect(application.at('/webhooks/voice/status').at(-1)).toMatchObject({ SipResponseCode: '503' });
  expect(application.at('/webhooks/events')).toEqual([]);
});

test('Event Streams tells the same in one array, signed by the hash of its body', async () => {
  const application = await startApplication();
  const simulator = await simulate(application);
  await simulator.placeCall({ ...FAILED, eventStreams: true });
  const streamed = application.received.filter(({ path }) => path === '/webhooks/events');
  expect(streamed).toMatchObject([{ isSigned: true, headers: { 'content-type': 'application/json' } }]);
  const events = JSON.parse(streamed[0]?.body ?? '') as { type: string; data: Record<string, never> }[];
  expect(events.map(({ type }) => type.replace('com.twilio.', ''))).toEqual([
    'voice.status-callback.call.initiated',
    'voice.status-callback.call.completed',
    'error-logs.error.logged',
    'voice.insights.call-summary.complete',
  ]);
  const [posted] = application.at('/webhooks/debugger');
  expect(events[2]?.data.sid).toBe(posted?.Sid);
  expect(events[1]?.data).toMatchObject({ request: { parameters: application.at('/webhooks/voice/status').at(-1) } });
});
