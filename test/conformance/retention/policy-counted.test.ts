import { ruleBook } from '@onrecord/retention/domain/jurisdictions/built-in';
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

let api: RecordsApp;
beforeAll(async () => {
  api = await RecordsApp.start();
  // As if a few recordings took as long as millions do.
  const limits = { ...SIMULATION_LIMITS, batch: 1, budgetMs: 0 };
  const installed = { builtIn: policy, ruleBook: ruleBook(), pseudonyms, onActivated: () => undefined };
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
