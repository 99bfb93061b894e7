import { connect, type Socket } from 'node:net';
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

/** Sends bytes and nothing else on a connection that stays open; what comes back is collected. */
async function openWith(at: string, bytes: string) {
  const socket = connect(Number(new URL(at).port), '127.0.0.1');
  sockets.push(socket);
  const connection = { answer: '' };
  socket.on('error', () => socket.destroy()).on('data', (text) => (connection.answer += text));
  await new Promise((resolve) => socket.write(bytes, resolve));
  return connection;
}
const sockets: Socket[] = [];
afterEach(() => sockets.splice(0).forEach((socket) => void socket.destroy()));

// A body took the room of what its request announced: 64 unsigned connections that sent nothing kept every callback out.
test.each([
  ['/webhooks/debugger', 'Content-Length: 1048576'],
  ['/webhooks/events', 'Transfer-Encoding: chunked'],
  ['/webhooks/recording', 'Content-Length: 65536'],
  ['/webhooks/recording', 'Transfer-Encoding: chunked'],
])('64 idle connections to %s with %s keep no callback out', async (path, length) => {
  const ingest = await start({});
  const request = head(path).replace('x-www-form-urlencoded', path.endsWith('events') ? 'json' : '$&');
  for (let i = 0; i < 64; i += 1) await openWith(ingest.at, `${request}${length}\r\n\r\n`);
  await expect.poll(() => ingest.metrics()).toMatch(/requests_in_flight\{.*\} 64/);
  const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await callback(ingest.at)).status));
  expect(new Set(statuses)).toEqual(new Set([204]));
});

// Headers alone took a place each until the time-out of their bodies: 2,000 connections that said no more put real callbacks off.
test('requests whose body is awaited take no place of those that may be in flight, however many they are', async () => {
  const ingest = await start({ REQUESTS_IN_FLIGHT_MAX: '2' });
  const awaited = [
    `${head('/webhooks/recording')}Content-Length: 9\r\n\r\nhalf`,
    `${head('/webhooks/recording')}Transfer-Encoding: chunked\r\n\r\n`,
  ];
  for (const request of awaited) for (let i = 0; i < 5; i += 1) await openWith(ingest.at, request);
  await expect.poll(() => ingest.metrics()).toMatch(/requests_in_flight\{.*\} 10/);
  expect((await callback(ingest.at)).status).toBe(204);

  const { reached, letGo } = ingest.eventLog.holdBack();
  const held = [callback(ingest.at), callback(ingest.at)];
  await reached;
  await expect.poll(() => ingest.metrics()).toMatch(/requests_in_flight\{.*\} 12/);
  expect((await callback(ingest.at)).status).toBe(503);
  letGo();
  expect((await Promise.all(held)).map(({ status }) => status)).toEqual([204, 204]);
});

test.each([
  ['Content-Length: 1048576', ''],
  ['Transfer-Encoding: chunked', 'ffff\r\n'],
])('an alert with %s is put off once more arrives than there is room for, a callback is not', async (length, size) => {
  const ingest = await start({ ALERT_BODIES_BYTES_MAX: '1048576' });
  const long = `${head('/webhooks/debugger')}Content-Length: 1048576\r\n\r\n${'a'.repeat(1_040_000)}`;
  const request = `${head('/webhooks/debugger')}${length}\r\n\r\n${size}${'a'.repeat(60_000)}`;
  // Which of them is too much depends on whose bytes come last.
  const both = await Promise.all([openWith(ingest.at, long), openWith(ingest.at, request)]);
  await expect.poll(() => both.map(({ answer }) => answer).join('')).toContain('503 Service Unavailable');
  expect(putOff(ingest)).toMatchObject([{ reason: 'alert-bodies' }]);
  expect((await callback(ingest.at)).status).toBe(204);
});

test('a callback is put off once more arrives than there is room for, and taken when there is room again', async () => {
  const ingest = await start({ BODIES_BYTES_MAX: '1048576', REQUEST_TIMEOUT: '2s' });
  const request = `${head('/webhooks/recording')}Content-Length: 65536\r\n\r\n${'a'.repeat(65_535)}`;
  for (let i = 0; i < 16; i += 1) await openWith(ingest.at, request);
  await expect.poll(async () => (await callback(ingest.at)).status).toBe(503);
  const put = await callback(ingest.at);
  expect([put.status, put.headers.get('retry-after')]).toEqual([503, '1']);
  expect(putOff(ingest)[0]).toMatchObject({ reason: 'bodies', remedy: expect.stringMatching(/ BODIES_BYTES_MAX/) });
  for (const socket of sockets.splice(0)) socket.destroy();
  await expect.poll(async () => (await callback(ingest.at)).status).toBe(204);
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
