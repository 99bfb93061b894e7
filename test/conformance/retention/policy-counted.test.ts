import { RETENTION } from '@onrecord/retention/domain/actor';
import { markOf } from '@onrecord/retention/domain/compile-policy';
import { ruleBook } from '@onrecord/retention/domain/jurisdictions/built-in';
import { lockPolicies, replaceActive } from '@onrecord/retention/ledger/policies';
import { inTenant } from '@onrecord/retention/ledger/tenancy';
import type { Counted } from '@onrecord/retention/policies/activate-policy';
import { BUILT_IN } from '@onrecord/retention/policies/policy-context';
import { createPolicyDesk } from '@onrecord/retention/policies/policy-desk';
import { SIMULATION_LIMITS } from '@onrecord/retention/policies/simulate-policy';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCOUNT, archived, at, consentOf, legReported, newSid, recordingCompleted } from './facts.ts';
import { policy, pseudonyms } from './ledger.ts';
import { RecordsApp } from './records-app.ts';

const DAY = 1_440;
const CALLS = `name: calls
defaults:
  periods: { audio: 4d, transcript: 4d, providerResponse: 4d, metadata: 10y, numbers: 10y }
  consent: { mode: explicit }`;

const installed = { builtIn: policy, ruleBook: ruleBook(), pseudonyms, onActivated: () => undefined };

let api: RecordsApp;
beforeAll(async () => {
  api = await RecordsApp.start();
  // As if a few recordings took as long as millions do.
  const limits = { ...SIMULATION_LIMITS, batch: 1, budgetMs: 0 };
  const { activate } = createPolicyDesk({ pool: api.test.application, clock: api.test.clock, ...installed, limits });
  Object.assign(api.policies, { activate });
});
afterAll(() => api?.close());

// The whole ledger was counted within the request, and the command line gave up after 30 s.
it('an activation counts a ledger of any size in parts, and holds with the last one', async () => {
  for (let index = 0; index < 3; index += 1) {
    const [callSid, sid] = [newSid('CA'), newSid('RE')];
    await api.test.take(legReported(callSid), recordingCompleted(sid, { callSid }), consentOf({ callSid }, 'granted'));
    await api.test.take(archived(sid, callSid, `${ACCOUNT}/${sid}/`));
  }
  api.test.now = at(5 * DAY);
  const send = (path: string, body: object) => api.send(`/v1/policies${path}`, { method: 'POST', body });
  const { id } = (await send('', { source: CALLS })).json;
  const activate = (body: object) => send(`/${id}/activation`, body);
  const count = async (confirm: { dueNow: number }) => {
    const looked: number[] = [];
    let part = await activate({ confirm });
    while (part.status === 202) {
      looked.push(part.json.looked);
      part = await activate({ confirm, counted: part.json.counted });
    }
    return { looked, ...part };
  };
  expect(await count({ dueNow: 2 })).toMatchObject({ looked: [1, 2, 3], status: 409 });
  const { counted } = (await activate({})).json;
  const changed = `${counted.slice(0, -2)}${counted.endsWith('AA') ? 'BB' : 'AA'}`;
  expect((await activate({ counted: changed })).status).toBe(400);
  expect(await count({ dueNow: 3 })).toMatchObject({ looked: [1, 2, 3], status: 200, json: { policy: { id } } });
});

// It was put in place of a policy that nobody had compared it with, and what that made due was confirmed by nobody.
it('an activation does not hold where another policy came to hold while it was counted', async () => {
  const { test } = api;
  const desk = createPolicyDesk({ pool: test.application, clock: test.clock, ...installed });
  const draft = async (name: string, audio: string) =>
    (await desk.draft(ACCOUNT, CALLS.replace('calls', name).replaceAll('4d', audio), RETENTION)).policy ??
    expect.fail('no draft');
  const [short, shorter, long] = [await draft('short', '3d'), await draft('shorter', '2d'), await draft('long', '9y')];
  expect((await desk.activate(short, 100, RETENTION)).outcome).toBe('active');
  // With the policies locked, as another activation has them, whoever has counted waits.
  const activation = await inTenant(test.application, ACCOUNT, async (client) => {
    await lockPolicies(client, ACCOUNT);
    const waiting = desk.activate(shorter, 0, RETENTION);
    const locks = `select from pg_locks where locktype = 'advisory' and not granted
      and database = (select oid from pg_database where datname = current_database())`;
    await expect.poll(async () => (await test.pool.query(locks)).rowCount).toBe(1);
    await replaceActive(client, { accountSid: ACCOUNT, draft: long, now: test.now, by: RETENTION });
    return { waiting };
  });
  const result = await activation.waiting;
  expect(result).toMatchObject({
    outcome: 'counting',
    counted: {
      against: `${markOf(long.name, long.version)}, ${markOf(shorter.name, shorter.version)}`,
      looked: 0,
      dueNow: 0,
    },
  });
  if (result.outcome !== 'counting') return;
  expect((await desk.find(long))?.state).toBe('active');
  // Nor does what was confirmed for another one, be the number large enough.
  const confirmed = {
    dueNow: 100,
    against: `${markOf(short.name, short.version)}, ${markOf(shorter.name, shorter.version)}`,
  };
  expect(await desk.activate(shorter, confirmed, RETENTION)).toMatchObject({
    outcome: 'counting',
    counted: { looked: 0 },
  });
  expect(await desk.activate(shorter, 0, RETENTION, result.counted)).toEqual({ outcome: 'to-confirm', dueNow: 3 });
});

// What was counted under a period of years was gone on with after a restart with one of days.
it('a count for the built-in policy begins again when the settings are others', async () => {
  const deskOf = (days: number) => {
    const audio = { ms: days * 86_400_000 };
    const builtIn = { ...policy, mark: `built-in ${audio.ms}`, periods: { ...policy.periods, audio } };
    const limits = { ...SIMULATION_LIMITS, batch: 1, budgetMs: 0 };
    const installed = { builtIn, ruleBook: ruleBook(), pseudonyms, onActivated: () => undefined };
    return createPolicyDesk({ pool: api.test.application, clock: api.test.clock, ...installed, limits });
  };
  const wanted = { accountSid: ACCOUNT, name: BUILT_IN } as const;
  const activate = async (days: number, counted?: Counted) => {
    const result = await deskOf(days).activate(wanted, 0, RETENTION, counted);
    return result.outcome === 'counting' ? result.counted : expect.fail(result.outcome);
  };
  const begun = await activate(3_650);
  expect(begun.looked).toBe(1);
  expect((await activate(3_650, begun)).looked).toBe(2);
  expect((await activate(1, begun)).looked).toBe(1);
});
