import { afterEach, expect, test } from 'vitest';
import { callback, sendRaw, startedIngest } from '../testing/started-ingest.ts';

type Started = Awaited<ReturnType<typeof startedIngest>>;
const started: Started[] = [];
afterEach(() => Promise.all(started.splice(0).map(({ service }) => service.stop())));

async function start(environment: Record<string, string>) {
  const ingest = await startedIngest(environment);
  started.push(ingest);
  return ingest;
}

const putOff = ({ lines }: Started) => lines.filter(({ msg }) => msg === 'too much came at a time and was put off');

test('a request more than may be in flight is answered 503 at once; whether the service lives is always told', async () => {
  const ingest = await start({ REQUESTS_IN_FLIGHT_MAX: '1' });
  const { reached, letGo } = ingest.eventLog.holdBack();
  const first = callback(ingest.at);
  await reached;
  const second = await callback(ingest.at);
  expect(second.status).toBe(503);
  expect(second.headers.get('retry-after')).toBe('1');
  expect(await second.json()).toMatchObject({ title: 'too much is asked at a time' });
  expect((await fetch(`${ingest.at}/healthz`)).status).toBe(200);
  expect((await fetch(`${ingest.at}/readyz`)).status).toBe(200);
  expect(await ingest.metrics()).toMatch(/onrecord_ingest_requests_in_flight\{.*\} 1/);
  letGo();
  expect((await first).status).toBe(204);
  expect((await callback(ingest.at)).status).toBe(204);
});

test('however much is put off, one line a second says so, with the setting to raise', async () => {
  const ingest = await start({ REQUESTS_IN_FLIGHT_MAX: '1' });
  const { reached, letGo } = ingest.eventLog.holdBack();
  const first = callback(ingest.at);
  await reached;
  await Promise.all(Array.from({ length: 50 }, () => callback(ingest.at)));
  expect(putOff(ingest).length).toBeLessThan(50);
  expect(putOff(ingest)[0]).toMatchObject({
    reason: 'requests',
    remedy: expect.stringMatching(/REQUESTS_IN_FLIGHT_MAX/),
  });
  expect(await ingest.metrics()).toMatch(/onrecord_ingest_shed_total\{.*reason="requests".*\} 50/);
  letGo();
  await first;
});

const head = (path: string) =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n`;

test.each([
  ['that says how long it is', 'Content-Length: 1048576\r\n\r\n'],
  ['that comes in chunks', 'Transfer-Encoding: chunked\r\n\r\n'],
])('a body %s is put off unread when there is no room for it beside the others', async (_, rest) => {
  const ingest = await start({ BODIES_BYTES_MAX: '1048576', REQUEST_TIMEOUT: '2s' });
  const waiting = sendRaw(ingest.at, `${head('/webhooks/debugger')}Content-Length: 1048576\r\n\r\n`);
  await expect.poll(() => ingest.metrics()).toMatch(/requests_in_flight\{.*\} 1/);
  expect(await sendRaw(ingest.at, `${head('/webhooks/debugger')}${rest}`)).toContain('503 Service Unavailable');
  expect(putOff(ingest)).toMatchObject([{ reason: 'bodies' }]);
  await waiting;
  expect((await callback(ingest.at)).status).toBe(204);
});

// A counter that forgets one request for each client that goes away sheds everything in the end.
test('requests of clients that went away count no more', async () => {
  const ingest = await start({ REQUESTS_IN_FLIGHT_MAX: '2', REQUEST_TIMEOUT: '100ms' });
  const unfinished = `${head('/webhooks/recording')}Content-Length: 9\r\n\r\nhalf`;
  const pipelined = 'GET /webhooks/recording HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2);
  for (let i = 0; i < 3; i += 1) await sendRaw(ingest.at, `${pipelined}${unfinished}`);
  await expect.poll(() => ingest.metrics()).toMatch(/requests_in_flight\{.*\} 0/);
  expect((await callback(ingest.at)).status).toBe(204);
});

test('connections beyond the limit are closed, counted and told', async () => {
  const ingest = await start({ CONNECTIONS_MAX: '16', HEADERS_TIMEOUT: '500ms' });
  const open = Array.from({ length: 40 }, () => sendRaw(ingest.at, 'GET /healthz HTTP/1.1\r\n'));
  await Promise.all(open);
  expect(putOff(ingest)[0]).toMatchObject({ reason: 'connections' });
  expect(await ingest.metrics()).toMatch(/onrecord_ingest_shed_total\{.*reason="connections".*\} \d/);
  expect((await callback(ingest.at)).status).toBe(204);
});
