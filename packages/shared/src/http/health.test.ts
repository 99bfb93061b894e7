import { expect, test, vi } from 'vitest';
import { healthRoutes } from './health.ts';

test('is alive whatever is missing', async () => {
  const app = healthRoutes({ database: () => Promise.reject(new Error('down')) });
  expect((await app.request('/healthz')).status).toBe(200);
});

test('is ready when everything is', async () => {
  expect((await healthRoutes({ events: async () => {} }).request('/readyz')).status).toBe(200);
});

test('names everything that is missing', async () => {
  const app = healthRoutes({
    events: async () => {},
    database: () => Promise.reject(new Error('down')),
    objects: () => {
      throw new Error('at once');
    },
  });
  const answer = await app.request('/readyz');
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({ status: 'not ready', missing: ['database', 'objects'] });
});

test('a check that hangs counts as missing, so that a probe gets its answer', async () => {
  vi.useFakeTimers();
  try {
    const answer = healthRoutes({ objects: () => new Promise(() => {}) }).request('/readyz');
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await answer).status).toBe(503);
  } finally {
    vi.useRealTimers();
  }
});

// A DELETE once got 404, as if there were no such address.
test('says which method to use', async () => {
  const answer = await healthRoutes({}).request('/healthz', { method: 'DELETE' });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
});
