import { expect, test } from 'vitest';
import type { Report } from '../reconcile/reconcile-on-demand.ts';
import { ACCOUNT } from '../testing/signed-request.ts';
import { operatorApi } from './operator-api.ts';

const TOKEN = 'a-token-for-operators';
const NOW = new Date('2026-11-21T12:00:00Z');
const SINCE = '2026-11-20T12:00:00Z';
const done: Report = { done: { found: 0, unheard: 0, published: 0 } };

function setup(reports: (signal: AbortSignal) => AsyncGenerator<Report>, token: string | undefined = TOKEN) {
  const stopping = new AbortController();
  const orders: object[] = [];
  const app = operatorApi({
    token,
    refuse: (accountSid) => (accountSid === ACCOUNT ? undefined : 'add it to ACCOUNTS_FILE'),
    reconcile: (order, signal) => {
      orders.push(order);
      return reports(signal);
    },
    now: () => NOW,
    signal: stopping.signal,
  });
  const ask = (body: unknown, given = TOKEN) =>
    app.request('/reconcile', {
      method: 'POST',
      headers: { authorization: `Bearer ${given}` },
      body: JSON.stringify(body),
    });
  return { ask, app, orders, stopping };
}
async function* nothing() {
  yield done;
}

test('answers what was found line by line, and the last line says that it is done', async () => {
  const { ask, orders } = setup(nothing);
  const answer = await ask({ since: SINCE, dryRun: true });
  expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
  expect(await answer.text()).toBe(`${JSON.stringify(done)}\n`);
  expect(orders).toEqual([{ since: new Date(SINCE), dryRun: true }]);
});

test('what fails in the middle is the last line', async () => {
  const { ask } = setup(async function* () {
    yield done;
    throw new Error('Twilio answers 503');
  });
  const lines = (await (await ask({ since: SINCE, dryRun: true })).text()).trim().split('\n');
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ failed: 'Twilio answers 503' });
});

test.each([
  ['no since', { dryRun: true }],
  ['a dry run that is neither', { since: SINCE, dryRun: 'yes' }],
  ['no time', { since: 'yesterday', dryRun: true }],
  ['a time to come', { since: '2026-11-22T00:00:00Z', dryRun: true }],
  ['a time that the ledger has forgotten', { since: '2026-01-01T00:00:00Z', dryRun: false }],
])('refuses %s', async (_, body) => {
  const { ask, orders } = setup(nothing);
  expect((await ask(body)).status).toBe(400);
  expect(orders).toEqual([]);
});

test('lets nobody in without the token, and nobody at all where none is set', async () => {
  expect((await setup(nothing).ask({ since: SINCE, dryRun: true }, 'another')).status).toBe(401);
  expect((await setup(nothing).app.request('/reconcile', { method: 'POST' })).status).toBe(401);
  expect((await setup(nothing, '').ask({ since: SINCE, dryRun: true })).status).toBe(401);
  const signal = AbortSignal.timeout(1);
  const off = operatorApi({ token: undefined, refuse: () => undefined, reconcile: nothing, now: () => NOW, signal });
  expect((await off.request('/reconcile', { method: 'POST' })).status).toBe(404);
});

test('works for one at a time, and ends when that one goes', async () => {
  const ended = Promise.withResolvers<void>();
  const { ask } = setup(async function* (signal) {
    try {
      yield done;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      yield done;
    } finally {
      ended.resolve();
    }
  });
  const first = await ask({ since: SINCE, dryRun: true });
  expect((await ask({ since: SINCE, dryRun: true })).status).toBe(409);
  const reader = first.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await ended.promise;
  expect((await ask({ since: SINCE, dryRun: true })).status).toBe(200);
});

test('one account is asked where it is named, and one that is not configured is refused with the remedy', async () => {
  const { ask, orders } = setup(nothing);
  await (await ask({ since: SINCE, dryRun: true, accountSid: ACCOUNT })).text();
  expect(orders).toEqual([{ since: new Date(SINCE), dryRun: true, accountSid: ACCOUNT }]);
  const refused = await ask({ since: SINCE, dryRun: true, accountSid: `AC${'9'.repeat(32)}` });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('ACCOUNTS_FILE') });
});
