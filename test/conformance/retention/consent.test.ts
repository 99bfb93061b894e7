import { replanRecordings } from '@onrecord/retention/clearance/replan-recordings';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deletions } from './deletions.ts';
import { erasing, weeklyLog } from './erasing.ts';
import { ACCOUNT, at, consentOf, legReported, newSid, recordingCompleted } from './facts.ts';
import { policy } from './ledger.ts';
import { RecordsApp } from './records-app.ts';

let api: RecordsApp;
/** What the places of everybody ask for decides. */
let byRule: RecordsApp;

beforeAll(async () => {
  api = await RecordsApp.start();
  byRule = await RecordsApp.start({}, { ...policy, consentMode: 'by-rule' });
});
afterAll(async () => {
  await byRule?.close();
  await api?.close();
});

let numbers = 0;
/** Of San Francisco; nobody else's. */
const newNumber = () => `+1415555${String(2_000 + numbers++)}`;

/** An inbound call from the number, with a recording made at `minutes`. */
async function calledFrom(app: RecordsApp, number: string, minutes = -1, to = '+12125550100') {
  const [callSid, sid] = [newSid('CA'), newSid('RE')];
  const leg = legReported(callSid, { direction: 'inbound', from: number, to });
  const startedAt = at(minutes).toISOString();
  const outcomes = await app.test.take(leg, recordingCompleted(sid, { callSid }, { startedAt }));
  return { callSid, sid, outcomes };
}

const stateOf = async (app: RecordsApp, sid: string) => (await app.send(`/v1/recordings/${sid}`)).json.state;

describe('consent by number', () => {
  it('clears the calls that come after it, and no call before', async () => {
    const number = newNumber();
    const before = await calledFrom(api, number, -20);
    const given = {
      number: number.replace('+1415', '+1 (415) '),
      party: 'customer',
      outcome: 'granted',
      method: 'written',
    };
    const answer = await api.post({ ...given, recordedAt: at(-10).toISOString() });
    expect(answer).toMatchObject({ status: 201, json: { known: true, recordings: [] } });
    const after = await calledFrom(api, number);
    expect(after.outcomes).toEqual(['cleared']);
    expect(await stateOf(api, before.sid)).toBe('waiting');
  });

  it('decides at once on the calls that it bears on, and a withdrawal takes back what was agreed to on a call', async () => {
    const number = newNumber();
    const { sid, callSid } = await calledFrom(api, number);
    await api.test.take(consentOf({ callSid }, 'granted'));
    expect(await stateOf(api, sid)).toBe('cleared');
    const refused = await api.post({ number, party: 'customer', outcome: 'refused', recordedAt: at(0).toISOString() });
    expect(refused.json.recordings).toEqual([]);
    const withdrawn = await api.post({
      number,
      party: 'customer',
      outcome: 'withdrawn',
      recordedAt: at(0.5).toISOString(),
    });
    expect(withdrawn.json.recordings).toMatchObject([
      { recordingSid: sid, state: 'refused', decision: { rule: 'consent-withdrawn' } },
    ]);
  });

  it('counts for an agent who was called through another leg', async () => {
    const agent = newNumber();
    await byRule.post({ number: agent, party: 'agent', outcome: 'granted', recordedAt: at(-100).toISOString() });
    const [callSid, child, sid] = [newSid('CA'), newSid('CA'), newSid('RE')];
    byRule.test.now = at(2);
    await byRule.test.take(
      legReported(callSid, { direction: 'inbound', from: newNumber(), to: '+12125550100' }),
      legReported(child, {
        parentCallSid: callSid,
        direction: 'outbound-dial',
        from: '+12125550100',
        to: agent,
      }),
      recordingCompleted(sid, { callSid }),
    );
    // Other legs may be reported late.
    byRule.test.now = at(3);
    await byRule.test.take(consentOf({ callSid }, 'granted'));
    expect(await stateOf(byRule, sid)).toBe('cleared');
  });

  // What had no leg to name had no detail at all: nobody saw who withdrew, nor how.
  it('tells in the timeline of a recording who answered by number, and how', async () => {
    const number = newNumber();
    const { sid } = await calledFrom(api, number);
    await api.post({ number, party: 'caller', outcome: 'withdrawn', method: 'written' });
    expect((await api.send(`/v1/recordings/${sid}`)).json.timeline).toContainEqual({
      at: expect.any(String),
      what: 'consent withdrawn',
      detail: 'caller, by number (written): record, transcribe',
    });
  });

  it('puts no number into the id of its event, and none into the facts of a decision', async () => {
    const number = newNumber();
    const { json } = await api.post({
      number,
      party: 'customer',
      outcome: 'granted',
      recordedAt: at(-10).toISOString(),
    });
    await calledFrom(api, number);
    expect(json.consentId).not.toContain(number.slice(1));
    const { rows } = await api.test.pool.query('select facts::text from ledger.decisions where facts::text like $1', [
      `%${number.slice(1)}%`,
    ]);
    expect(rows).toEqual([]);
  });

  it('is listed by number, purpose and outcome, page by page, and with a spelling of its own', async () => {
    const number = newNumber();
    for (const minute of [-3, -2, -1]) {
      await api.post({
        number,
        party: 'customer',
        outcome: 'granted',
        purposes: ['share'],
        recordedAt: at(minute).toISOString(),
      });
    }
    const query = `number=${encodeURIComponent(number.replace('+1', '001 '))}&purpose=share&outcome=granted&limit=2`;
    const first = await api.send(`/v1/consents?${query}`);
    expect(first.json.consents).toMatchObject([{ number, byNumber: true, recordedAt: at(-1).toISOString() }, {}]);
    const second = await api.send(`/v1/consents?${query}&cursor=${first.json.next}`);
    expect(second.json).toMatchObject({ consents: [{ recordedAt: at(-3).toISOString() }] });
    expect(second.json.next).toBeUndefined();
  });

  // All calls of years were decided on within the request.
  it('decides on some recordings at once, those first that are worked on, and leaves the rest to the sweeper', async () => {
    const number = newNumber();
    const calls = [];
    for (let index = 0; index < 53; index += 1) calls.push(await calledFrom(api, number, -100 + index));
    const busy = calls[0]?.sid ?? '';
    await api.test.take(consentOf({ callSid: calls[0]?.callSid ?? '' }, 'granted'));
    const withdrawn = { number, party: 'customer', outcome: 'withdrawn', recordedAt: at(0).toISOString() };
    const { json } = await api.post(withdrawn);
    expect([json.recordings.length, json.recordings[0].recordingSid, json.later]).toEqual([50, busy, 3]);
    const { test } = api;
    const { ledger } = test;
    expect(await replanRecordings(ledger, { now: test.now, onDecision: () => undefined }, 50, 'again')).toBe(3);
    const { json: listed } = await api.send(
      `/v1/recordings?state=refused&number=${encodeURIComponent(number)}&limit=200`,
    );
    expect(listed.recordings).toHaveLength(53);
    expect((await api.post(withdrawn, {})).json.later).toBe(3);
  });

  // What was not decided on at once stayed cleared for as long as a process with other settings counted as the last one started.
  it('is withdrawn from all recordings while another process plans by other settings', async () => {
    const site = await Deletions.start(undefined, { recordings: 0 });
    const number = newNumber();
    for (let index = 0; index < 52; index += 1) {
      const [callSid, sid] = [newSid('CA'), newSid('RE')];
      const leg = legReported(callSid, { direction: 'inbound', from: number });
      await site.test.take(leg, consentOf({ callSid }, 'granted'), recordingCompleted(sid, { callSid }));
    }
    const outcomes = await site.test.take(consentOf({}, 'withdrawn', { number, recordedAt: at(0.5).toISOString() }));
    const states = async () =>
      (await site.test.pool.query('select state, count(*)::int from ledger.recordings group by 1')).rows;
    expect(outcomes).toHaveLength(50);
    expect(await states()).toContainEqual({ state: 'cleared', count: 2 });
    await site.sweep({ plansAgree: async () => false });
    expect(await states()).toEqual([{ state: 'refused', count: 52 }]);
    await site.close();
  });

  // It was not found by the number, and the same request again was answered with 422.
  it('is found and known again by the number of somebody who was erased', async () => {
    const number = newNumber();
    const key = { 'idempotency-key': `form:${number}` };
    const answer = { number, party: number.slice(1), outcome: 'refused', recordedAt: at(-1).toISOString() };
    expect((await api.post(answer, key)).status).toBe(201);
    const { request, turn } = erasing({ test: api.test } as Deletions, weeklyLog().eventLog, {
      deleteCall: async () => 'deleted',
    });
    await request({ e164: number });
    for (let index = 0; index < 5; index += 1) await turn();
    const { json } = await api.send(`/v1/consents?number=${encodeURIComponent(number)}`);
    const pseudonym = expect.stringMatching(/^psn_/);
    expect(json.consents).toMatchObject([{ number: pseudonym, party: pseudonym, outcome: 'refused' }]);
    const again = await api.post(answer, key);
    expect(again).toMatchObject({ status: 200, json: { consentId: json.consents[0].consentId } });
    expect((await api.post({ ...answer, outcome: 'granted' }, key)).status).toBe(422);
    const { rows } = await api.test.pool.query('select from ledger.consents where consents::text like $1', [
      `%${number.slice(1)}%`,
    ]);
    expect(rows).toEqual([]);
  });

  it('is another answer under the same key for another number', async () => {
    const key = { 'idempotency-key': newNumber() };
    const answer = { party: 'customer', outcome: 'granted', recordedAt: at(-1).toISOString() };
    expect((await api.post({ ...answer, number: newNumber() }, key)).status).toBe(201);
    expect((await api.post({ ...answer, number: newNumber() }, key)).status).toBe(422);
  });
});

describe('an answer', () => {
  it('keeps its proof, its prompt and its end', async () => {
    const { callSid } = await api.given('waiting');
    const given = {
      ...{ callSid, party: 'caller', outcome: 'granted', method: 'speech', promptVersion: '7', language: 'en-GB' },
      ...{ purposes: ['record', 'analyse'], proof: { offsetSeconds: 4.2, reference: 'form 1207' } },
      ...{ recordedAt: at(0).toISOString(), expiresAt: at(1_000).toISOString() },
    };
    expect((await api.post(given)).status).toBe(201);
    const { json } = await api.send(`/v1/consents?callSid=${callSid}`);
    expect(json.consents).toMatchObject([{ ...given, accountSid: ACCOUNT }]);
  });

  it.each([
    ['a number that is none', { number: '415 555 0100' }, 'give a number with + and its country code'],
    [
      'an end of a refusal',
      { callSid: newSid('CA'), outcome: 'refused', expiresAt: at(9).toISOString() },
      'only an agreement ends',
    ],
    [
      'an end before its beginning',
      { callSid: newSid('CA'), expiresAt: at(-9).toISOString() },
      'after the answer was given',
    ],
    ['a purpose that there is none of', { callSid: newSid('CA'), purposes: ['sell'] }, 'purposes'],
    ['an outcome that there is none of', { callSid: newSid('CA'), outcome: 'maybe' }, 'outcome'],
    ['a proof before the recording', { callSid: newSid('CA'), proof: { offsetSeconds: -1 } }, 'offsetSeconds'],
    [
      'a call and a number',
      { callSid: newSid('CA'), number: '+14155550100' },
      'name either a callSid, a conferenceSid or a number',
    ],
  ])('is refused with %s', async (_, wrong, detail) => {
    const answer = await api.post({ party: 'caller', outcome: 'granted', ...wrong });
    expect(answer).toMatchObject({ status: 400, json: { detail: expect.stringContaining(detail) } });
  });

  it.each([
    ['number=none', 'give a number'],
    ['purpose=sell', 'purpose'],
    ['outcome=maybe', 'outcome'],
    ['colour=red', 'colour'],
    ['cursor=eyJhIjoxfQ', 'cursor'],
    ['limit=100000', 'limit'],
  ])('is not listed by %s', async (query, detail) => {
    const answer = await api.send(`/v1/consents?${query}`);
    expect(answer).toMatchObject({ status: 400, json: { detail: expect.stringContaining(detail) } });
  });
});

describe('a decision', () => {
  it('explains in plain words whose law asks for what, who agreed, who is missing and what would change it', async () => {
    byRule.test.now = at(2);
    const number = newNumber();
    const { sid, callSid } = await calledFrom(byRule, number);
    const { json } = await byRule.send(`/v1/recordings/${sid}/decision`);
    expect(json).toMatchObject({
      number: 1,
      outcome: 'waiting',
      policy: { name: 'built-in' },
      basis: {
        mode: 'by-rule',
        requirement: 'all-party',
        jurisdiction: 'US-CA',
        rulesVersion: expect.stringMatching(/^20/),
      },
      parties: [
        {
          callSid,
          side: 'from',
          isPerson: true,
          places: ['US-CA'],
          number: `${number.slice(0, 5)}****${number.slice(-3)}`,
        },
        { callSid, side: 'to', places: ['US-NY'] },
      ],
      standing: [{ purpose: 'record', allowed: false, missing: [callSid] }, {}, {}, {}],
    });
    const text = json.explanation.join('\n');
    expect(text).toContain('By the law of US-CA (Cal. Penal Code');
    expect(text).toContain(`To record: not cleared; missing is an agreement to it from ${callSid}.`);
    expect(text).toContain(`What would change it: An agreement to recording recorded for call ${callSid}.`);
    expect(text).not.toContain(number);
  });

  it('has its history, newest first, each as it was made', async () => {
    const { sid, callSid } = await calledFrom(api, newNumber());
    await api.test.take(consentOf({ callSid }, 'granted'));
    await api.test.take(consentOf({ callSid }, 'refused', { recordedAt: at(0.5).toISOString() }));
    const { json } = await api.send(`/v1/recordings/${sid}/decisions`);
    expect(json.decisions).toMatchObject([
      { number: 3, outcome: 'refused', answers: [{ outcome: 'granted' }, { outcome: 'refused' }] },
      { number: 2, outcome: 'cleared', answers: [{ outcome: 'granted', method: 'key-press' }] },
      { number: 1, outcome: 'waiting', answers: [] },
    ]);
  });

  it('is told apart from a recording that nobody knows, and from one that nothing was decided on', async () => {
    const unknown = await api.send(`/v1/recordings/${newSid('RE')}/decision`);
    expect(unknown).toMatchObject({ status: 404, json: { detail: expect.stringContaining('No recording') } });
    const sid = newSid('RE');
    await api.test.take(recordingCompleted(sid, { callSid: newSid('CA') }, { status: 'in-progress' }));
    const undecided = await api.send(`/v1/recordings/${sid}/decision`);
    expect(undecided).toMatchObject({ status: 404, json: { detail: expect.stringContaining('Nothing was decided') } });
    expect((await api.send(`/v1/recordings/${sid}/decisions`)).json).toEqual({ decisions: [] });
  });
});
