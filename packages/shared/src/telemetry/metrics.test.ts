import { Hono } from 'hono';
import { Counter } from 'prom-client';
import { request } from 'undici';
import { expect, test } from 'vitest';
import { createMetrics, serveMetrics } from './metrics.ts';

test('serves metrics with the service’s name, and other routes beside them', async () => {
  const registry = createMetrics('transcriber');
  new Counter({ name: 'calls_total', help: 'Calls.', registers: [registry] }).inc(2);
  const routes = new Hono().get('/healthz', (c) => c.text('ok'));
  const server = await serveMetrics({ registry, port: 0, hostname: '127.0.0.1', routes });
  try {
    const answer = await request(`${server.url}/metrics`);
    expect(answer.headers['content-type']).toContain('text/plain');
    expect(await answer.body.text()).toContain('calls_total{service="transcriber"} 2');
    expect((await request(`${server.url}/healthz`)).statusCode).toBe(200);
  } finally {
    await server.close(100);
  }
});
