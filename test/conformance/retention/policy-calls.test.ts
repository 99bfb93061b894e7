import { ruleBook } from '@onrecord/retention/domain/jurisdictions/built-in';
import { createPolicyDesk } from '@onrecord/retention/policies/policy-desk';
import { SIMULATION_LIMITS } from '@onrecord/retention/policies/simulate-policy';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCOUNT, at, joined, legReported, newSid, recordingCompleted } from './facts.ts';
import { policy, pseudonyms } from './ledger.ts';
import { RecordsApp } from './records-app.ts';

const DAY = 1_440;
const keeping = (metadata: string) => `name: kept
defaults:
  consent: { mode: explicit }
  periods: { audio: 10d, transcript: 10d, providerResponse: 10d, metadata: ${metadata}, numbers: 10d }
rules:
  - { name: payments, select: { tags: [payment] }, periods: { metadata: 10y } }`;

let api: RecordsApp;
beforeAll(async () => {
  api = await RecordsApp.start();
});
afterAll(() => api?.close());

const send = (path: string, body: object) => api.send(`/v1/policies${path}`, { method: 'POST', body });
const draft = async (metadata: string) => (await send('', { source: keeping(metadata) })).json.id as string;
const activate = (id: string, dueNow: number) => send(`/${id}/activation`, { confirm: { dueNow } });

// A shorter period for metadata took calls of years with the answers on them within minutes, and nobody had been asked.
it('a call without recordings that would be forgotten at once is simulated and has to be confirmed', async () => {
  const { test } = api;
  const [call, leg, tagged, recorded, joining, late, room] = ['CA', 'CA', 'CA', 'CA', 'CA', 'CA', 'CF'].map(newSid) as [
    ...[string, string, string, string, string, string, string],
  ];
  await test.take(
    ...[call, tagged, recorded, joining].map((sid) => legReported(sid)),
    legReported(leg, { parentCallSid: call }),
    legReported(late),
    legReported(newSid('CA'), { parentCallSid: late, occurredAt: at(50 * DAY).toISOString() }),
    recordingCompleted(newSid('RE'), { callSid: recorded }),
    joined(room, joining),
    recordingCompleted(newSid('RE'), { conferenceSid: room }),
  );
  const tags = { method: 'PUT', body: { tags: ['payment'] } };
  expect((await api.send(`/v1/calls/${tagged}/tags`, tags)).status).toBe(200);
  expect((await activate(await draft('10y'), 0)).status).toBe(200);

  test.now = at(60 * DAY);
  const id = await draft('30d');
  const { json } = await send(`/${id}/simulation`, {});
  expect(json).toMatchObject({ looked: 2, counts: { dueNow: 1 } });
  expect(json.samples.dueNow).toEqual([
    {
      callSid: call,
      what: 'metadata',
      before: expect.stringMatching(/^2036-/),
      after: expect.stringMatching(/^2026-/),
    },
  ]);
  // The same where each part has one of them.
  const limits = { ...SIMULATION_LIMITS, batch: 1, budgetMs: 0 };
  const installed = { builtIn: policy, ruleBook: ruleBook(), pseudonyms, onActivated: () => undefined };
  const desk = createPolicyDesk({ pool: test.application, clock: test.clock, ...installed, limits });
  const parts: (number | undefined)[] = [];
  let next: string | undefined;
  do {
    const part = await desk.simulate({ accountSid: ACCOUNT, name: 'kept', version: 2 }, next);
    parts.push(part?.counts.dueNow);
    next = part?.next;
  } while (next !== undefined);
  // Two recordings, five calls by their first legs, and the end of them.
  expect([parts.length, parts.reduce((sum = 0, dueNow = 0) => sum + dueNow)]).toEqual([8, 1]);
  expect((await activate(id, 0)).status).toBe(409);
  expect((await api.send(`/v1/calls/${call}`)).json.legs).toHaveLength(2);
  expect((await activate(id, 1)).status).toBe(200);

  // The sweeper makes of it what was told.
  await test.ledger.forgetOldCalls(test.now, 100);
  const { rows } = await test.pool.query('select subject_sid from ledger.removed_calls order by subject_sid');
  expect(rows.map((row) => row.subject_sid)).toEqual([call, leg].toSorted());
  expect((await send(`/${id}/simulation`, {})).json.counts.dueNow).toBe(0);
});

// Tags are confirmed like policies, but of recordings alone: without a word a call that had none was removed, with what was answered on it.
it('tags that would have a call without recordings forgotten at once are confirmed, and it goes at once then', async () => {
  const { test } = api;
  const [call, leg] = [newSid('CA'), newSid('CA')];
  test.now = at(0);
  await test.take(legReported(call), legReported(leg, { parentCallSid: call }));
  const put = (sid: string, body: object) => api.send(`/v1/calls/${sid}/tags`, { method: 'PUT', body });
  expect((await put(leg, { tags: ['payment'] })).status).toBe(200);
  expect((await activate(await draft('29d'), 9)).status).toBe(200);
  test.now = at(60 * DAY);
  await test.ledger.forgetOldCalls(test.now, 100);

  const refused = await put(leg, { tags: [] });
  expect([refused.status, refused.json.detail]).toEqual([
    409,
    expect.stringMatching(/all that is known of CA[0-9a-f]{32}.*"confirm":\{"dueNow":1\}/),
  ]);
  await test.ledger.forgetOldCalls(test.now, 100);
  expect((await api.send(`/v1/calls/${call}`)).json.legs).toHaveLength(2);
  // What does not shorten it needs no word.
  expect((await put(call, { tags: ['payment'] })).status).toBe(200);
  expect((await put(leg, { tags: [] })).status).toBe(200);
  expect((await put(call, { tags: [], confirm: { dueNow: 1 } })).status).toBe(200);
  await test.ledger.forgetOldCalls(test.now, 100);
  const { rows } = await test.pool.query('select from ledger.removed_calls where subject_sid = any($1)', [[call, leg]]);
  expect(rows).toHaveLength(2);
});

// One that a rule had kept at the last look was looked at up to 30 days after another policy had come to hold without that rule.
it('a call that a rule kept goes at once when a policy without that rule comes to hold', async () => {
  const { test } = api;
  test.now = at(60 * DAY);
  const callSid = newSid('CA');
  const tags = { method: 'PUT', body: { tags: ['payment'] } };
  await test.take(legReported(callSid, { occurredAt: at(DAY).toISOString() }));
  expect((await api.send(`/v1/calls/${callSid}/tags`, tags)).status).toBe(200);
  await test.ledger.forgetOldCalls(test.now, 100);
  expect((await api.send(`/v1/calls/${callSid}`)).json.legs).toHaveLength(1);
  const [withoutRules] = keeping('30d').split('rules:');
  const { id } = (await send('', { source: withoutRules?.trimEnd() })).json;
  const { dueNow } = (await send(`/${id}/simulation`, {})).json.counts;
  expect(dueNow).toBeGreaterThan(0);
  expect((await activate(id, dueNow)).status).toBe(200);
  await test.ledger.forgetOldCalls(test.now, 100);
  const { rows } = await test.pool.query('select from ledger.removed_calls where subject_sid = $1', [callSid]);
  expect(rows).toHaveLength(1);
});
