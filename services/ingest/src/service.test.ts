import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { HttpLimits } from '@onrecord/shared/http/serve';
import type { Service } from '@onrecord/shared/lifecycle/service';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { readConfig } from './config.ts';
import { startIngest } from './service.ts';
import { controlledEventLog } from './testing/event-log.ts';
import { ACCOUNT, BASE, get, post, RECORDING, TOKEN } from './testing/signed-request.ts';

const services: Service[] = [];
afterEach(() => Promise.all(services.splice(0).map((service) => service.stop())));

/** Ingest on a free port of this machine, over real sockets. */
async function startedIngest(environment: Record<string, string> = {}, httpLimits: Partial<HttpLimits> = {}) {
  const config = readConfig({
    EVENTS_URL: 'postgres://unused',
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: TOKEN,
    PUBLIC_BASE_URL: BASE,
    PORT: '0',
    METRICS_PORT: '0',
    LISTEN_HOST: '127.0.0.1',
    RECONCILE_INTERVAL: '0s',
    ...environment,
  });
  const eventLog = controlledEventLog();
  const logger = createLogger({ service: 'ingest', level: 'silent' });
  const overrides = { eventLog: eventLog.log, logger, httpLimits };
  const service = await startIngest(config, overrides);
  services.push(service);
  const at = service.addresses.callbacks ?? '';
  return { service, eventLog, at };
}

/** Sends bytes as they are and tells everything that comes back until the connection ends. */
function sendRaw(at: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(at).port), '127.0.0.1');
  socket.write(bytes);
  return text(socket);
}

const callback = (at: string) => fetch(...post('/webhooks/recording', RECORDING, { at }));

describe('over a real socket', () => {
  test('a callback is durable when it is answered 204', async () => {
    const { at, eventLog } = await startedIngest();
    expect((await callback(at)).status).toBe(204);
    expect(eventLog.appended).toMatchObject([{ topic: 'onrecord.telephony', key: RECORDING.CallSid }]);
  });

  test('is not answered before it is durable', async () => {
    const { at, eventLog } = await startedIngest();
    const { reached, letGo } = eventLog.holdBack();
    let isAnswered = false;
    const answer = callback(at).finally(() => {
      isAnswered = true;
    });
    await reached;
    expect((await fetch(`${at}/healthz`)).status).toBe(200);
    expect(isAnswered).toBe(false);
    letGo();
    expect((await answer).status).toBe(204);
  });

  test('503 when the log is away, and when it does not answer in time', async () => {
    const { at, eventLog } = await startedIngest({ PUBLISH_TIMEOUT: '100ms' });
    const { letGo } = eventLog.holdBack();
    expect((await callback(at)).status).toBe(503);
    letGo();
    eventLog.goAway();
    expect((await callback(at)).status).toBe(503);
  });

  test('a query is signed as it was sent, whatever a URL object would make of it', async () => {
    const { at, eventLog } = await startedIngest();
    const query = `${new URLSearchParams(RECORDING)}&Note=it's%20%2Bfine|so~far`;
    expect((await fetch(`${at}/healthz`)).status).toBe(200);
    const [url, { headers }] = get('/webhooks/recording', query, { at });
    const target = url.slice(at.length);
    const head = Object.entries({ ...headers, Host: 'evil.example', Connection: 'close' });
    const lines = head.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    expect(await sendRaw(at, `GET ${target} HTTP/1.1\r\n${lines}\r\n`)).toContain('204 No Content');
    expect(String(Buffer.from(eventLog.appended[0]?.value ?? []))).toContain(`"Note":"it's +fine|so~far"`);
  });

  test('readiness names the event log when it is away; the process lives all the same', async () => {
    const { at, eventLog } = await startedIngest();
    expect((await fetch(`${at}/readyz`)).status).toBe(200);
    eventLog.goAway();
    const answer = await fetch(`${at}/readyz`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ missing: ['event log'] });
    expect((await fetch(`${at}/healthz`)).status).toBe(200);
  });

  test('metrics tell callbacks by path and answer, and how long events took, on a port of their own', async () => {
    const { at, service } = await startedIngest();
    await callback(at);
    const metrics = await (await fetch(service.addresses.metrics ?? '')).text();
    expect(metrics).toMatch(/onrecord_ingest_requests_total\{path="\/webhooks\/recording",status="204".*\} 1/);
    expect(metrics).toMatch(/onrecord_ingest_publish_seconds_count\{.*outcome="durable".*\} 1/);
    expect(metrics).toMatch(/onrecord_ingest_callback_lateness_seconds_count\{.*kind="recording".*\} 1/);
    expect((await fetch(`${at}/metrics`)).status).toBe(404);
  });
});

describe('what no callback looks like', () => {
  const head = 'POST /webhooks/recording HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n';
  const close = 'Connection: close\r\n';
  test.each([
    ['a body beyond the limit, before it was sent', `${head}${close}Content-Length: 65537\r\n\r\n`, '413'],
    [
      'chunks beyond the limit',
      `${head}${close}Transfer-Encoding: chunked\r\n\r\n10001\r\n${'a'.repeat(65_537)}\r\n`,
      '413',
    ],
    ['two lengths', `${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\na`, '400'],
    ['a length and chunks', `${head}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, '400'],
    ['a length that is none', `${head}Content-Length: -1\r\n\r\n`, '400'],
    ['headers beyond all measure', `${head}X: ${'x'.repeat(20_000)}\r\n\r\n`, '431'],
    ['something that is not HTTP', '\u0016\u0003\u0001\u0002hello\r\n\r\n', '400'],
    ['a body that never comes', `${head}Content-Length: 10\r\n\r\nslow`, '408'],
    ['a backslash for a slash', `GET /webhooks\\recording HTTP/1.1\r\nHost: a\r\n${close}\r\n`, '400'],
    [
      'somebody else’s address',
      `GET http://evil.example/webhooks/recording HTTP/1.1\r\nHost: a\r\n${close}\r\n`,
      '403',
    ],
    ['no Host', 'GET /webhooks/recording HTTP/1.0\r\n\r\n', '400'],
  ])('%s is refused, and the service serves on', async (_, bytes, status) => {
    const { at, eventLog } = await startedIngest({}, { requestTimeoutMs: 100 });
    expect(await sendRaw(at, bytes)).toContain(`HTTP/1.1 ${status} `);
    expect(eventLog.appended).toEqual([]);
    expect((await callback(at)).status).toBe(204);
  });
});

describe('stopping', () => {
  test('answers what is in flight once it is durable, and takes nothing new', async () => {
    const { at, eventLog, service } = await startedIngest();
    const { reached, letGo } = eventLog.holdBack();
    const answer = callback(at);
    await reached;
    const stopped = service.stop();
    await expect(fetch(`${at}/healthz`)).rejects.toThrow();
    letGo();
    expect((await answer).status).toBe(204);
    await stopped;
    expect(eventLog.appended).toHaveLength(1);
  });

  test('leaves what it was given open, and can be asked for twice', async () => {
    const { eventLog, service } = await startedIngest();
    const close = vi.spyOn(eventLog.log, 'close');
    await service.stop();
    await service.stop();
    expect(close).not.toHaveBeenCalled();
  });
});
