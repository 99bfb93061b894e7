import { EventLogUnavailableError } from '@onrecord/shared/event-log/port';
import { expect, test } from 'vitest';
import { cloudEvent, debuggerForm, errorLog } from '../testing/alerts.ts';
import { ingest } from '../testing/ingest-app.ts';
import { ACCOUNT, post, postJson, RECORDING, sid } from '../testing/signed-request.ts';

const PATH = '/webhooks/events';
const STATUS = {
  AccountSid: ACCOUNT,
  CallSid: sid('CA'),
  CallStatus: 'failed',
  SipResponseCode: '404',
  SequenceNumber: '2',
  Timestamp: 'Sat, 21 Nov 2026 09:58:12 +0000',
};
const statusEvent = (parameters: object, type = 'status-callback.call.completed') =>
  cloudEvent(`com.twilio.voice.${type}`, { sid: sid('CA'), request: { method: 'POST', parameters } });

test('an error log and the debugger’s post of it are one event', async () => {
  const { app, published } = ingest();
  await app.request(...post('/webhooks/debugger', debuggerForm()));
  expect((await app.request(...postJson(PATH, [errorLog()]))).status).toBe(204);
  const [posted, streamed] = published;
  expect({ ...streamed, traceparent: undefined }).toEqual({ ...posted, traceparent: undefined });
});

test.each(['status-callback', 'webhook'])(
  'a voice %s event and the classic callback of it are one event',
  async (name) => {
    const { app, published } = ingest();
    await app.request(...post('/webhooks/voice/status', STATUS));
    await app.request(...postJson(PATH, [statusEvent(STATUS, `${name}.call.completed`)]));
    const [called, streamed] = published;
    expect(published).toHaveLength(2);
    expect({ ...streamed, traceparent: undefined }).toEqual({ ...called, traceparent: undefined });
  },
);

test('a recording’s status callback is the recording’s fact', async () => {
  const { app, published } = ingest();
  await app.request(...postJson(PATH, [statusEvent(RECORDING, 'status-callback.recording.processed')]));
  expect(published).toMatchObject([{ id: `recording:${RECORDING.RecordingSid}:completed` }]);
});

test('everything of a delivery is made durable at once, and nothing in it spoils the rest', async () => {
  const { app, published, registry } = ingest();
  const delivery = [
    statusEvent(STATUS),
    cloudEvent('com.twilio.voice.insights.call-summary.complete', { call_sid: sid('CA') }),
    cloudEvent('com.twilio.messaging.message.sent', {}),
    statusEvent({ ...STATUS, CallSid: 'CA1' }),
    statusEvent({ ...STATUS, AccountSid: sid('AC', 'f') }),
    errorLog({ level: 'INFO' }),
    null,
    ['nested'],
    { type: 7, data: null },
    errorLog({ sid: sid('NO', 'c'), error_code: 93101, payload: 'not json' }),
  ];
  expect((await app.request(...postJson(PATH, delivery))).status).toBe(204);
  expect(published.map(({ id }) => id)).toEqual([`call:${sid('CA')}:failed`, `alert:${sid('NO', 'c')}`]);
  const metrics = await registry.metrics();
  const counts = { insights: 1, 'unknown-kind': 4, incomplete: 1, 'other-account': 1, informational: 1 };
  for (const [reason, count] of Object.entries(counts)) expect(metrics).toContain(`{reason="${reason}"} ${count}`);
});

// What was left out could not be found again: no line named the call that it told of.
test.each([
  ['a status', statusEvent({ ...STATUS, CallStatus: '' })],
  ['an error log', errorLog({ sid: '' })],
  ['an error log that names its call in its payload alone', errorLog({ sid: '', correlation_sid: sid('PN') })],
])('of %s that is incomplete the log names the call', async (_, event) => {
  const { app, logged } = ingest();
  expect((await app.request(...postJson(PATH, [event]))).status).toBe(204);
  const lines = logged.map((line) => JSON.parse(line));
  expect(lines).toContainEqual(expect.objectContaining({ reason: 'incomplete', callSid: sid('CA') }));
});

test('a test of the sink is answered, and the log has the id that validating the sink takes', async () => {
  const { app, logged } = ingest();
  const test = cloudEvent('com.twilio.eventstreams.test-event', { test_id: 'cae2f9e2-c277-4612-8ad3-93c1a7a3ef88' });
  expect((await app.request(...postJson(PATH, [test]))).status).toBe(204);
  expect(logged.join('')).toContain('test_id cae2f9e2-c277-4612-8ad3-93c1a7a3ef88');
});

// Anybody could send a JSON body of brackets alone, and each was logged as an error of the service itself.
test('brackets without end are refused like any other request that nobody signed', async () => {
  const { app } = ingest();
  const deep = `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`;
  const headers = { 'content-type': 'application/json', 'content-length': String(deep.length) };
  for (const path of [PATH, '/webhooks/debugger', '/webhooks/recording']) {
    const answer = await app.request(`http://internal${path}`, { method: 'POST', body: deep, headers });
    expect([path, answer.status]).toEqual([path, 403]);
  }
});

test('what is not durable is not answered 2xx, so that Twilio sends it again', async () => {
  const publish = () => Promise.reject(new EventLogUnavailableError('no broker'));
  expect((await ingest({ publish }).app.request(...postJson(PATH, [errorLog()]))).status).toBe(503);
});

test('the hash in the query covers the body to the last byte', async () => {
  const { app, published } = ingest();
  const [url, init] = postJson(PATH, [errorLog()]);
  const forged = { ...init, body: `${init.body} ` };
  expect(
    (await app.request(url, { ...forged, headers: { ...init.headers, 'content-length': String(forged.body.length) } }))
      .status,
  ).toBe(403);
  expect((await app.request(url.replace(/\?.*/, ''), init)).status).toBe(403);
  expect(published).toEqual([]);
});

test.each([
  ['that are no JSON', 'text/plain', 415],
  ['of another method', undefined, 405],
])('requests %s are refused', async (_, type, status) => {
  const { app } = ingest();
  const [url, init] = postJson(PATH, []);
  const answer = await (type
    ? app.request(url, { ...init, headers: { ...init.headers, 'content-type': type } })
    : app.request(url));
  expect(answer.status).toBe(status);
  expect(answer.headers.get('allow')).toBe(status === 405 ? 'POST' : null);
});
