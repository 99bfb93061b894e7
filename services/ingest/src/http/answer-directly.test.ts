import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytesOf, type RawRequest, signedForm } from '../testing/hostile.ts';
import { sendRaw, startedIngest } from '../testing/started-ingest.ts';

let ingest: Awaited<ReturnType<typeof startedIngest>>;
beforeAll(async () => {
  ingest = await startedIngest({ PUBLIC_BASE_URL: 'https://calls.example.com/twilio' });
});
afterAll(() => ingest.service.stop());

/** Said twice, a header leads to the router. */
const byRouter = (request: RawRequest): RawRequest => ({
  ...request,
  headers: { ...request.headers, 'X-Odd': 'a\r\nX-Odd: b' },
});

async function outcomeOf(request: RawRequest) {
  const [lines, events] = [ingest.lines.length, ingest.eventLog.appended.length];
  const answer = await sendRaw(ingest.at, bytesOf(request));
  const [head = '', body] = answer.split('\r\n\r\n');
  return {
    head: head
      .toLowerCase()
      .replace(/date: .*/, '')
      .split('\r\n')
      .toSorted(),
    body,
    lines: ingest.lines.slice(lines).map(({ msg, reason, path, httpStatus }) => ({ msg, reason, path, httpStatus })),
    events: ingest.eventLog.appended.slice(events).map(({ key, value }) => [key, Buffer.from(value).toString()]),
  };
}

const base = { base: 'https://calls.example.com/twilio' };
test.each<[name: string, status: number, request: RawRequest]>([
  ['a callback', 204, signedForm({}, {}, base)],
  [
    'a callback whose proxy left the path',
    204,
    signedForm({}, { target: '/twilio/webhooks/recording' }, { base: 'https://calls.example.com' }),
  ],
  ['a callback with a mark before it', 403, signedForm({}, { body: '\ufeffAccountSid=AC' }, base)],
  ['a parameter twice, and NUL', 204, signedForm({ Note: ['a', 'b\0'] }, {}, base)],
  ['a forged callback', 403, signedForm({}, {}, { base: 'https://evil.example' })],
  ['a callback without a signature', 403, signedForm({}, { headers: { 'X-Twilio-Signature': undefined } }, base)],
  ['a callback without a SID', 400, signedForm({ RecordingSid: undefined }, {}, base)],
  ['too many parameters', 413, { body: 'a&'.repeat(501) }],
  ['too long a parameter', 413, { body: `a=${'b'.repeat(16_385)}` }],
])('%s is answered %i, as the router would', async (_, status, request) => {
  const direct = await outcomeOf(request);
  expect(direct.head).toContainEqual(expect.stringMatching(`http/1.1 ${status} `));
  expect(await outcomeOf(byRouter(request))).toEqual(direct);
});

test('a client that goes away within a body is counted as one whose body ended too early', async () => {
  const head = 'POST /webhooks/recording HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n';
  const gone = new AbortController();
  const socket = connect({ port: Number(new URL(ingest.at).port), host: '127.0.0.1', signal: gone.signal });
  socket.on('error', () => {});
  socket.write(`${head}Content-Length: 9\r\n\r\nhalf`);
  await expect.poll(() => ingest.metrics()).toMatch(/requests_in_flight\{.*\} 1/);
  gone.abort();
  await expect.poll(() => ingest.metrics()).toMatch(/requests_in_flight\{.*\} 0/);
  expect(ingest.lines.at(-1)).toMatchObject({ httpStatus: 400, reason: 'the body ended before it was complete' });
});
