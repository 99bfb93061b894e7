import { beginDeletion } from '@onrecord/retention/domain/begin-deletion';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, at, joined, legReported, newSid, recordingCompleted } from './facts.ts';
import { RecordsApp } from './records-app.ts';

let api: RecordsApp;
beforeAll(async () => {
  api = await RecordsApp.start();
});
afterAll(() => api?.close());

describe('consent given elsewhere', () => {
  it('releases what waits, and is published as an event that changes nothing when it comes back', async () => {
    const { callSid, sid, path } = await api.given('waiting');
    await api.test.published();
    const { status, json } = await api.post({ callSid, party: 'caller', outcome: 'granted', method: 'written' });
    expect({ status, json }).toMatchObject({
      status: 201,
      json: { recordings: [{ recordingSid: sid, state: 'cleared', decision: { outcome: 'cleared' } }] },
    });
    const published = await api.test.published();
    expect(published.map((event) => event.type)).toEqual([
      'onrecord.consent.recorded.v1',
      'onrecord.recording.cleared.v1',
    ]);
    expect(published[0]?.id).toBe(json.consentId);
    expect(await api.test.take(...published.slice(0, 1))).toEqual([]);
    expect((await api.send(path)).json.consents).toHaveLength(1);
  });

  // A consent recorded for CA…ABC was kept under that spelling and released nothing; one for ca…abc was answered 500.
  it.each([
    (sid: string) => `CA${sid.slice(2).toUpperCase()}`,
    (sid: string) => sid.toLowerCase(),
    (sid: string) => sid.toUpperCase(),
  ])('finds its call however the SID is spelt (%#)', async (spell) => {
    const { callSid, sid } = await api.given('waiting');
    const { status, json } = await api.post({ callSid: spell(callSid), party: 'caller', outcome: 'granted' });
    expect({ status, json }).toMatchObject({
      status: 201,
      json: { recordings: [{ recordingSid: sid, state: 'cleared' }] },
    });
    expect((await api.send(`/v1/calls/${spell(callSid)}`)).json).toMatchObject({ callSid });
    const spelt = `RE${sid.slice(2).toUpperCase()}`;
    expect((await api.send(`/v1/recordings/${spelt}`)).json).toMatchObject({ recordingSid: sid, callSid });
  });

  // Who recorded it was told neither when the recording goes nor that a later agreement comes too late.
  it('says what a withdrawal takes away and when, and what an agreement changes nothing of any more', async () => {
    const { callSid, sid } = await api.given('cleared');
    const answer = { callSid, party: 'caller', method: 'written' };
    const told = async (outcome: string) => (await api.post({ ...answer, outcome })).json.recordings[0];
    expect((await told('granted')).outlook).toBeUndefined();
    api.test.now = at(2);
    const { decision, outlook } = await told('withdrawn');
    expect(outlook).toContain(`Its deletion begins at ${decision.deleteAfter} at the latest`);
    expect(outlook).toContain('a later agreement by the same party undoes it.');
    await api.test.ledger.change({ accountSid: ACCOUNT, recordingSid: sid }, (entry) => ({
      entry: beginDeletion(entry, { cause: 'withdrawal', now: at(3) }),
      events: [],
    }));
    api.test.now = at(4);
    expect(await told('granted')).toMatchObject({
      state: 'deleting',
      outlook: `Its deletion began at ${at(3).toISOString()}: no answer changes that any more.`,
    });
  });

  it('is kept for a call that nothing is known of yet', async () => {
    const [callSid, sid] = [newSid('CA'), newSid('RE')];
    expect((await api.post({ callSid, party: 'caller', outcome: 'granted' })).json).toMatchObject({
      known: false,
      recordings: [],
    });
    api.test.now = at(5);
    expect(await api.test.take(recordingCompleted(sid, { callSid }))).toEqual(['cleared']);
    expect((await api.post({ callSid, party: 'caller', outcome: 'granted' })).json.known).toBe(true);
  });

  // A person mistyped a ConferenceSid, was told 201, and the recording stayed withheld.
  it('says whether the call or the conference is one that was reported', async () => {
    const [parent, child, conference, participant] = ['CA', 'CA', 'CF', 'CA'].map(newSid) as [
      string,
      string,
      string,
      string,
    ];
    await api.test.take(legReported(child, { parentCallSid: parent }), joined(conference, participant));
    const answer = { party: 'caller', outcome: 'granted' };
    for (const callSid of [parent, child, participant])
      expect((await api.post({ ...answer, callSid })).json.known).toBe(true);
    expect((await api.post({ ...answer, conferenceSid: conference })).json.known).toBe(true);
    expect((await api.post({ ...answer, conferenceSid: newSid('CF') })).json.known).toBe(false);
  });

  it('counts once under one Idempotency-Key', async () => {
    const { callSid } = await api.given('waiting');
    const key = { 'idempotency-key': 'form-17' };
    const answer = { callSid, party: 'caller', outcome: 'granted' };
    expect((await api.post(answer, key)).status).toBe(201);
    api.test.now = at(2);
    expect((await api.post(answer, key)).status).toBe(200);
    expect((await api.send(`/v1/calls/${callSid}`)).json.consents).toHaveLength(1);
  });

  // The answer of another party, or of another time, was told to be recorded before, and was not.
  it.each([
    ['outcome', { outcome: 'refused' }],
    ['party', { party: 'called' }],
    ['time', { recordedAt: at(0).toISOString() }],
    ['method', { method: 'written' }],
    ['purposes', { purposes: ['record'] }],
  ])('refuses the Idempotency-Key of an answer with another %s', async (_, other) => {
    const { callSid } = await api.given('waiting');
    const key = { 'idempotency-key': 'form-18' };
    const answer = { callSid, party: 'caller', outcome: 'granted', recordedAt: at(-1).toISOString() };
    expect((await api.post(answer, key)).status).toBe(201);
    expect(await api.post({ ...answer, ...other }, key)).toMatchObject({
      status: 422,
      json: { detail: `This Idempotency-Key recorded another answer: caller granted at ${at(-1).toISOString()}.` },
    });
    expect((await api.send(`/v1/calls/${callSid}`)).json.consents).toHaveLength(1);
  });

  it.each([
    [
      'neither a call nor a conference',
      { party: 'caller', outcome: 'granted' },
      'name either a callSid, a conferenceSid or a number',
    ],
    [
      'both',
      { outcome: 'granted', callSid: newSid('CA'), conferenceSid: newSid('CF') },
      'name either a callSid, a conferenceSid or a number',
    ],
    ['no outcome', { callSid: newSid('CA') }, 'outcome is missing: give "granted" or'],
    ['an outcome of its own', { callSid: newSid('CA'), outcome: 'maybe' }, 'outcome is "maybe": give "granted" or'],
    ['no purpose', { callSid: newSid('CA'), outcome: 'granted', purposes: [] }, 'purposes'],
    [
      'an unknown purpose',
      { callSid: newSid('CA'), outcome: 'granted', purposes: ['sell'] },
      'purposes[0] is "sell": give',
    ],
    [
      'an unknown field',
      { callSid: newSid('CA'), outcome: 'granted', partyy: 'x' },
      'there is no "partyy" here: did you mean party?',
    ],
    ['no party', { callSid: newSid('CA'), outcome: 'granted' }, 'party is missing: say whose answer it is'],
    // "a:b" with the key "c" and "a" with the key "b:c" would be one answer.
    ...['a:b', 'a\nb', ' caller', 'Caller', ''].map((party): [string, object, string] => [
      `the party ${JSON.stringify(party)}`,
      { callSid: newSid('CA'), outcome: 'granted', party },
      `party is ${JSON.stringify(party)}: give 1 to 64 lower-case letters`,
    ]),
    [
      'a time in the future',
      { callSid: newSid('CA'), party: 'caller', outcome: 'granted', recordedAt: '2099-01-01T00:00:00Z' },
      'recordedAt: an answer cannot be from the future; it is 2026',
    ],
    ['no JSON', '{"callSid":', 'JSON'],
    [
      'a time before all calls',
      { callSid: newSid('CA'), party: 'caller', outcome: 'granted', recordedAt: '0000-01-01T00:00:00+23:59' },
      'recordedAt is "0000-01-01T00:00:00+23:59": give a year from 1970',
    ],
    [
      'no time',
      { callSid: newSid('CA'), party: 'caller', outcome: 'granted', recordedAt: 'yesterday' },
      'recordedAt is "yesterday": give a time with Z or its offset',
    ],
  ])('is refused with %s', async (_, body, said) => {
    const answer = await api.post(body);
    expect(answer).toMatchObject({ status: 400, type: 'application/problem+json' });
    expect(answer.json.detail).toContain(said);
  });
});

describe('the retention of one recording', () => {
  const put = (path: string, deleteAfter: unknown) =>
    api.send(`${path}/retention`, { method: 'PUT', body: { deleteAfter } });

  it('is shortened, prolonged, and given back to the schedule', async () => {
    const { path } = await api.given('transcribed');
    const soon = at(5).toISOString();
    expect((await put(path, soon)).json.deletion).toEqual({ status: 'planned', cause: 'operator', deleteAfter: soon });
    const late = at(90 * 1440).toISOString();
    expect((await put(path, late)).json.deletion.deleteAfter).toBe(late);
    expect((await put(path, null)).json.deletion).toMatchObject({ cause: 'schedule' });
  });

  it('cannot put off what a party refused', async () => {
    const { path } = await api.given('refused');
    expect(await put(path, at(99_999).toISOString())).toMatchObject({
      status: 409,
      json: { detail: expect.stringContaining('A later agreement by the same party') },
    });
    expect(await put(path, at(2).toISOString())).toMatchObject({ status: 200 });
  });

  it('takes nothing but a moment', async () => {
    const { path } = await api.given('cleared');
    for (const bad of ['tomorrow', 17, undefined, '9999-12-31T23:59:59-23:59'])
      expect((await put(path, bad)).status).toBe(400);
  });
});

it('nothing unexpected happened', () => {
  expect(api.errors).toEqual([]);
});
