import fc from 'fast-check';
import { expect, test } from 'vitest';
import { acceptStreamEvents } from '../accept-stream-events.ts';
import { cloudEvent, errorLog } from '../testing/alerts.ts';
import { ACCOUNT, sid } from '../testing/signed-request.ts';
import { readStreamEvent } from './read-stream-event.ts';

const NOW = '2026-11-21T10:00:00.000Z';
const TYPES = [
  'com.twilio.error-logs.error.logged',
  'com.twilio.voice.status-callback.call.completed',
  'com.twilio.voice.status-callback.recording.processed',
  'com.twilio.voice.insights.call-summary.partial',
];
const KNOWN = {
  sid: sid('NO'),
  account_sid: ACCOUNT,
  level: 'ERROR',
  error_code: '1',
  request: { parameters: { AccountSid: ACCOUNT, CallSid: sid('CA'), CallStatus: 'failed' } },
};

test('whatever comes, it is a fact that fits its contract or is left out with a reason', async () => {
  const data = fc.oneof(fc.jsonValue(), fc.record({ payload: fc.json(), more: fc.jsonValue() }));
  const events = fc.oneof(
    fc.jsonValue(),
    fc.tuple(fc.constantFrom(...TYPES), data).map(([type, value]) => {
      const fields = typeof value === 'object' && value !== null ? value : {};
      return cloudEvent(type, { ...KNOWN, ...fields });
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(events), async (delivered) => {
      let kept = 0;
      const publish = async (facts: readonly unknown[]) => {
        kept += facts.length;
      };
      const delivery = {
        events: delivered,
        accountSid: ACCOUNT,
        receivedAt: NOW,
        traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      };
      const leftOut = await acceptStreamEvents(delivery, { publish });
      expect(kept + leftOut.length).toBe(delivered.length);
    }),
  );
});

test('long texts are cut and many details are not all kept', () => {
  const info = Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`field${i}`, 'x'.repeat(5_000)]));
  const reading = readStreamEvent(errorLog({ payload: JSON.stringify({ more_info: info }) }), ACCOUNT, NOW);
  expect(JSON.stringify(reading).length).toBeLessThan(60_000);
});

test.each([
  [{ sip_response: '486' }, 486],
  [{ SipResponseCode: 503 }, 503],
  [{ sipResponseCode: 'none' }, undefined],
])('%j says which SIP response it was: %s', (info, code) => {
  const reading = readStreamEvent(errorLog({ payload: JSON.stringify({ more_info: info }) }), ACCOUNT, NOW);
  expect(reading).toHaveProperty('alert.sipResponseCode', code);
});

// The address of a webhook had a user and a password in it, and they lay in the event log in plain sight.
test('no login in an address is kept', () => {
  const info = {
    Msg: 'Got HTTP 401 from https://me:s3cret@calls.example.com/voice',
    url: 'https://me:s3cret@calls.example.com',
  };
  const reading = readStreamEvent(errorLog({ payload: JSON.stringify({ more_info: info }) }), ACCOUNT, NOW);
  expect(JSON.stringify(reading)).not.toContain('s3cret');
  expect(reading).toHaveProperty('alert.details.url', 'https://***@calls.example.com');
});

test('what nests without end is kept as far as it can be', () => {
  const deep = JSON.parse(`${'['.repeat(30_000)}${']'.repeat(30_000)}`);
  const reading = readStreamEvent(errorLog({ payload: JSON.stringify({ more_info: {} }), odd: deep }), ACCOUNT, NOW);
  expect(reading).toHaveProperty('alert.errorCode', '11200');
});

test('fields with the names of what every object has are fields like any other', async () => {
  const published: { data: Record<string, unknown> }[] = [];
  const payload = '{"__proto__":{"resource_sid":"x"},"error_code":1,"more_info":{"__proto__":"a","constructor":"b"}}';
  const delivery = {
    events: [errorLog({ payload })],
    accountSid: ACCOUNT,
    receivedAt: NOW,
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  };
  const publish = async (events: readonly never[]) => void published.push(...events);
  expect(await acceptStreamEvents(delivery, { publish })).toEqual([]);
  expect(published[0]?.data).toMatchObject({ errorCode: '11200', resourceSid: sid('CA') });
  expect(Object.keys(published[0]?.data.details ?? {})).toContain('constructor');
  expect(({} as { resource_sid?: string }).resource_sid).toBeUndefined();
});

// An alert quoted a request with a NUL in it: the ledger could not write it, tried for hours, and gave it up.
test('no NUL is kept', () => {
  const payload = JSON.stringify({ more_info: { Msg: 'a\0b', '\0name': 'c\0' }, resource_sid: 'PN\0' });
  const reading = readStreamEvent(errorLog({ payload, error_code: '112\x0000', level: 'ERR\0OR' }), ACCOUNT, NOW);
  expect(JSON.stringify(reading)).not.toContain('u0000');
  const empty = readStreamEvent(errorLog({ correlation_sid: '\0', payload: '{}' }), ACCOUNT, NOW);
  expect(empty).toMatchObject({ alert: { resourceSid: undefined } });
  const without = readStreamEvent(errorLog({ level: '\0' }), ACCOUNT, NOW);
  expect(without).toMatchObject({ leftOut: { reason: 'incomplete', detail: 'level is missing' } });
  expect(reading).toMatchObject({ alert: { errorCode: '11200', level: 'error', text: 'ab', resourceSid: 'PN' } });
});

// A text that was cut in the middle of an emoji was JSON that Postgres refuses.
test('no half of a character is kept', () => {
  const payload = JSON.stringify({ more_info: { Msg: `${'a'.repeat(999)}😀` } });
  const reading = readStreamEvent(errorLog({ payload }), ACCOUNT, NOW);
  expect(reading).toMatchObject({ alert: { text: `${'a'.repeat(999)}\ufffd` } });
});
