import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import { request } from 'undici';
import { afterEach, expect, test, vi } from 'vitest';
import type { HttpRefusal } from './malformed-request.ts';
import { type HttpLimits, type HttpServer, PortInUseError, reachableHost, serveHttp } from './serve.ts';

const servers: HttpServer[] = [];
async function serve(app: Hono, port = 0, limits: Partial<HttpLimits> = {}, refusals: HttpRefusal[] = []) {
  const server = await serveHttp({
    fetch: app.fetch,
    port,
    hostname: '127.0.0.1',
    setting: 'PORT',
    limits,
    refused: (refusal) => refusals.push(refusal),
  });
  servers.push(server);
  return server;
}
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close(100))));

test('serves on a free port and leaves the global Request alone', async () => {
  const before = globalThis.Request;
  const server = await serve(new Hono().get('/', (c) => c.text('here')));
  expect(await (await request(server.url)).body.text()).toBe('here');
  expect(globalThis.Request).toBe(before);
});

test('names a port in use, the setting and the remedy', async () => {
  const { port } = await serve(new Hono());
  const second = serve(new Hono(), port);
  await expect(second).rejects.toThrow(PortInUseError);
  await expect(second).rejects.toThrow(`port ${port} is in use by another program`);
  await expect(second).rejects.toThrow('PORT');
});

test.each([
  [undefined, '127.0.0.1'],
  ['0.0.0.0', '127.0.0.1'],
  ['::', '127.0.0.1'],
  ['::1', '[::1]'],
  ['192.0.2.1', '192.0.2.1'],
])('a port that was opened on %s is reached at %s', (address, host) => {
  expect(reachableHost(address)).toBe(host);
});

test('a request in flight is answered although the server closes', async () => {
  let arrived = () => {};
  const inFlight = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const app = new Hono().get('/', async (c) => {
    arrived();
    await sleep(100);
    return c.text('done');
  });
  const server = await serve(app);
  const answer = request(server.url);
  await inFlight;
  await server.close(5_000);
  expect(await (await answer).body.text()).toBe('done');
});

test('a client that never finishes does not hold the server beyond the deadline', async () => {
  const server = await serve(new Hono());
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => {});
  const cut = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write('GET / HTTP/1.1\r\n');
  await sleep(20);
  await server.close(50);
  await cut;
});

// Node looks for slow requests no more once a server closes: a half-sent one held SIGTERM until the deadline, and the process with it.
test.each([
  ['headers', 'POST / HTTP/1.1\r\nHost: here\r\n'],
  ['a body', 'POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\nhalf'],
  ['headers after an answer', 'GET / HTTP/1.1\r\nHost: here\r\n\r\nGET / HTTP/1.1\r\nHost: here\r\n'],
])('a client that sends half of %s does not hold the server, one that waits for its answer does', async (_, sent) => {
  const released = Promise.withResolvers<void>();
  const waiting = Promise.withResolvers<void>();
  const app = new Hono()
    .get('/', (c) => c.text('here'))
    .post('/', async (c) => c.text(await c.req.text().catch(() => 'cut')))
    .get('/slow', (c) => {
      waiting.resolve();
      return released.promise.then(() => c.text('done'));
    });
  const server = await serve(app);
  const answer = request(`${server.url}/slow`);
  await waiting.promise;
  const socket = connect(server.port, '127.0.0.1', () => socket.write(sent));
  socket.on('error', () => {}).resume();
  const cut = new Promise((resolve) => socket.once('close', resolve));
  await sleep(50);
  const closed = server.close(60_000);
  await cut;
  released.resolve();
  await closed;
  expect(await (await answer).body.text()).toBe('done');
});

test('a client that keeps its connection busy is told that it closes', async () => {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let arrived = 0;
  const app = new Hono().get('/', (c) => {
    arrived += 1;
    return released.then(() => c.text('done'));
  });
  const server = await serve(app);
  const socket = connect(server.port, '127.0.0.1');
  const answers = text(socket);
  const get = 'GET / HTTP/1.1\r\nHost: here\r\n\r\n';
  socket.write(get);
  await vi.waitUntil(() => arrived === 1);
  const closed = server.close(60_000);
  socket.write(get);
  await vi.waitUntil(() => arrived === 2);
  release();
  await closed;
  const [first, second] = (await answers).split('done');
  expect(first).toMatch(/connection: keep-alive/i);
  expect(second).toMatch(/connection: close/i);
});

test.each([
  ['headers', { headersTimeoutMs: 1_000 }, 'GET / HTTP/1.1\r\nHost: here\r\n'],
  ['a body', { requestTimeoutMs: 1_000 }, 'POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\nslow'],
])('a client that is slow to send %s is answered 408 and cut', async (_, limits, sent) => {
  const app = new Hono().post('/', async (c) => c.text(await c.req.text().catch(() => 'cut')));
  const server = await serve(app, 0, limits);
  const socket = connect(server.port, '127.0.0.1');
  socket.write(sent);
  expect(await text(socket)).toContain('408 Request Timeout');
  expect(await (await request(`${server.url}/`, { method: 'POST', body: 'quick' })).body.text()).toBe('quick');
});

test.each([
  [400, 'what is no HTTP', '\u0016\u0003\u0001\r\n\r\n', /method/i],
  [400, 'a request without a Host', 'GET / HTTP/1.1\r\n\r\n', /host/i],
  [431, 'headers beyond the limit', `GET / HTTP/1.1\r\nHost: here\r\nX: ${'x'.repeat(9_000)}\r\n\r\n`, /headers/],
])('%i with a reason for %s, which is told as well', async (status, _, sent, reason) => {
  const refusals: HttpRefusal[] = [];
  const server = await serve(new Hono(), 0, { headerBytesMax: 8_192 }, refusals);
  const socket = connect(server.port, '127.0.0.1');
  socket.end(sent);
  const answer = await text(socket);
  expect(answer).toContain(`HTTP/1.1 ${status} `);
  expect(answer).toContain('application/problem+json');
  expect(refusals).toEqual([{ status, reason: expect.stringMatching(reason) }]);
  expect(answer).toContain(JSON.stringify(refusals[0]?.reason));
});

test('whoever only looks whether the port is open is not told of', async () => {
  const refusals: HttpRefusal[] = [];
  const server = await serve(new Hono(), 0, { headersTimeoutMs: 100 }, refusals);
  await text(connect(server.port, '127.0.0.1'));
  expect(refusals).toEqual([]);
});

// A download whose reader stopped kept its connection, and what was read for it, for good.
test('a reader that takes nothing of its answer is cut, one that waits for it is not', async () => {
  const cut = Promise.withResolvers<void>();
  const endless = () =>
    new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(65_536)), cancel: () => cut.resolve() });
  const app = new Hono()
    .get('/endless', () => new Response(endless()))
    .get('/late', async (c) => {
      await sleep(400);
      return c.text('here');
    });
  const { port, url } = await serve(app, 0, { readerStallTimeoutMs: 100 });
  const stalled = connect(port, '127.0.0.1', () => stalled.pause().write('GET /endless HTTP/1.1\r\nhost: x\r\n\r\n'));
  stalled.on('error', () => {});
  await cut.promise;
  stalled.destroy();
  expect(await (await request(`${url}/late`)).body.text()).toBe('here');
});
