import type { Service } from '@onrecord/shared/lifecycle/service';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { get, RECORDING } from './testing/signed-request.ts';
import { callback, sendRaw, startedIngest } from './testing/started-ingest.ts';

const services: Service[] = [];
afterEach(() => Promise.all(services.splice(0).map((service) => service.stop())));

async function start(environment: Record<string, string> = {}) {
  const ingest = await startedIngest(environment);
  services.push(ingest.service);
  return ingest;
}

describe('over a real socket', () => {
  test('a callback is durable when it is answered 204', async () => {
    const { at, eventLog } = await start();
    expect((await callback(at)).status).toBe(204);
    expect(eventLog.appended).toMatchObject([{ topic: 'onrecord.telephony', key: RECORDING.CallSid }]);
  });

  test('is not answered before it is durable', async () => {
    const { at, eventLog } = await start();
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
    const { at, eventLog } = await start({ PUBLISH_TIMEOUT: '100ms' });
    const { letGo } = eventLog.holdBack();
    expect((await callback(at)).status).toBe(503);
    letGo();
    eventLog.goAway();
    expect((await callback(at)).status).toBe(503);
  });

  test('a query is signed as it was sent, whatever a URL object would make of it', async () => {
    const { at, eventLog } = await start();
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
    const { at, eventLog } = await start();
    expect((await fetch(`${at}/readyz`)).status).toBe(200);
    eventLog.goAway();
    const answer = await fetch(`${at}/readyz`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ missing: ['event log'] });
    expect((await fetch(`${at}/healthz`)).status).toBe(200);
  });

  test('metrics tell callbacks by path and answer, and how long events took, on a port of their own', async () => {
    const { at, service } = await start();
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
    const { at, eventLog } = await start({ REQUEST_TIMEOUT: '100ms' });
    expect(await sendRaw(at, bytes)).toContain(`HTTP/1.1 ${status} `);
    expect(eventLog.appended).toEqual([]);
    expect((await callback(at)).status).toBe(204);
  });
});

describe('stopping', () => {
  test('answers what is in flight once it is durable, and takes nothing new', async () => {
    const { at, eventLog, service } = await start();
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
    const { eventLog, service } = await start();
    const close = vi.spyOn(eventLog.log, 'close');
    await service.stop();
    await service.stop();
    expect(close).not.toHaveBeenCalled();
  });
});
