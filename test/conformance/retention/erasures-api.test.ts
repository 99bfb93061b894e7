import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../../servers/available.ts';
import { ACCOUNT, newSid } from './facts.ts';
import { pseudonyms } from './ledger.ts';
import { RecordsApp } from './records-app.ts';

/** Not one that the facts of the tests have: what is requested stays requested. */
const PERSON = '+14155550133';

describeWith('postgres', () => {
  let api: RecordsApp;
  beforeAll(async () => {
    api = await RecordsApp.start();
  });
  afterAll(() => api.close());

  const request = (body: unknown, token?: string) =>
    api.send('/v1/erasures', { method: 'POST', body, ...(token && { token }) });
  const tokenOf = async (role: 'reviewer' | 'compliance', accounts: readonly string[] = [ACCOUNT]) => {
    const expiresAt = new Date(api.test.now.getTime() + 86_400_000);
    const by = { by: { kind: 'token', id: 'test' }, accounts: [ACCOUNT] } as const;
    return (await api.tokens.create({ name: 'of the test', role, accounts, expiresAt }, by)).secret;
  };

  it('keeps what is covered from being read in ordinary use, and not from who must', async () => {
    const { callSid, path } = await api.given('transcribed');
    expect((await api.send(`${path}/transcript`)).status).toBe(200);
    await request({ callSid });
    expect((await api.send(path)).json.restriction).toMatch(/^an erasure was requested/);
    const refused = await api.send(`${path}/transcript`, { token: await tokenOf('reviewer') });
    expect([refused.status, refused.json.detail]).toEqual([403, expect.stringMatching(/is restricted: an erasure/)]);
    for (const what of ['media', 'waveform']) {
      expect((await api.send(`${path}/${what}`)).json.detail).toMatch(/is restricted/);
    }
    const compliance = await tokenOf('compliance');
    expect((await api.send(`${path}/transcript`, { token: compliance })).status).toBe(403);
    const purpose = { 'x-access-purpose': 'to see whether the hold still needs it' };
    expect((await api.send(`${path}/transcript`, { token: compliance, headers: purpose })).status).toBe(200);
  });

  // The decision said that it may be stored, and nothing of who may read it until when.
  it('says in the decision what restricts a recording, and by which hold to those who may know', async () => {
    const { callSid, sid, path } = await api.given('transcribed');
    const { matterId } = (await api.send('/v1/matters', { method: 'POST', body: { name: 'Doe v. Acme' } })).json;
    await api.send('/v1/holds', {
      method: 'POST',
      body: { matterId, selector: { recordingSid: sid }, reason: 'asked' },
    });
    expect((await api.send(`${path}/decision`)).json.restriction).toBeUndefined();
    await request({ callSid });
    const { restriction, explanation } = (await api.send(`${path}/decision`)).json;
    expect(restriction).toMatch(new RegExp(`^an erasure was requested at 20\\S+Z\\. It is held for ${matterId}: `));
    expect(explanation[0]).toBe(`The recording is restricted, and is not read in ordinary use: ${restriction}`);
    const { decisions } = (await api.send(`${path}/decisions`)).json;
    expect(decisions[0].restriction).toBe(restriction);
    const by = { by: { kind: 'token', id: 'test' }, accounts: [ACCOUNT] } as const;
    const expiresAt = new Date(api.test.now.getTime() + 86_400_000);
    const agent = {
      name: 'agent',
      role: 'agent',
      accounts: [ACCOUNT],
      agentIdentities: ['+14155550142'],
      expiresAt,
    } as const;
    const { secret } = await api.tokens.create(agent, by);
    const told = (await api.send(`${path}/decision`, { token: secret })).json;
    expect(told.restriction).toBe('An erasure covers it, and it is still there.');
    expect(JSON.stringify(told)).not.toContain(matterId);
  });

  it('takes a number in any spelling that says its country, and answers without it', async () => {
    const { status, json, text } = await request({ number: 'tel:+1-415-555-0133' });
    expect(status).toBe(202);
    expect(json).toMatchObject({ accountSid: ACCOUNT, party: pseudonyms.of(PERSON), state: 'received' });
    const again = await request({ number: '001 415 555 0133' });
    expect([again.status, again.json.erasureId]).toEqual([200, json.erasureId]);
    expect(text + again.text).not.toMatch(/415.?555/);
    const list = await api.send('/v1/erasures');
    expect(list.json.erasures.map(({ erasureId }: { erasureId: string }) => erasureId)).toContain(json.erasureId);
    const detail = await api.send(`/v1/erasures/${json.erasureId}`);
    expect(detail.json).toMatchObject({ erasureId: json.erasureId, items: [], residues: [], results: {} });
  });

  it('answers the same for a number that is known and one that is not', async () => {
    await api.given('transcribed');
    const [known, unknown] = [await request({ number: '+14155550142' }), await request({ number: '+14155550143' })];
    const shape = ({ status, json }: typeof known) => [status, { ...json, erasureId: '', party: '' }];
    expect(shape(known)).toEqual(shape(unknown));
  });

  describe('refuses', () => {
    it.each<[string, unknown, RegExp]>([
      ['nothing', {}, /either a number or a callSid/],
      ['both', { number: PERSON, callSid: newSid('CA') }, /either a number or a callSid/],
      ['a number without its country', { number: '415 555 0133' }, /with its country/],
      ['a number that is too short', { number: '+141555501' }, /with its country/],
      ['a number that is too long', { number: '+141555501330' }, /with its country/],
      ['a client’s name', { number: 'client:alice' }, /with its country/],
      ['a SIP address', { number: 'sip:+14155550133@pbx.example.com' }, /with its country/],
      ['two numbers', { number: '+14155550133, +14155550101' }, /with its country/],
      ['what withheld callers are called by', { number: '+266696687' }, /with its country/],
      ['a number that is none of text', { number: 14155550133 }, /with its country/],
      ['a very long text', { number: '+1'.padEnd(10_000, '4') }, /with its country/],
      ['a SID of something else', { callSid: newSid('RE') }, /a CallSid is CA/],
      ['a field that there is not', { number: PERSON, force: true }, /force/],
      ['an account that is no account', { number: PERSON, accountSid: 'AC1' }, /AccountSid is AC/],
      ['an account that is not configured', { number: PERSON, accountSid: newSid('AC') }, /not configured/],
      ['a list', [], /the body is no object/],
    ])('%s', async (_, body, detail) => {
      const { status, json, text } = await request(body);
      expect([status, json.detail]).toEqual([400, expect.stringMatching(detail)]);
      expect(text).not.toContain('4155550133');
    });

    it.each([
      ['an erasure that nobody has', `/v1/erasures/${randomUUID()}`, 404],
      ['an id that is none', '/v1/erasures/1', 400],
      ['a cursor that was made up', '/v1/erasures?cursor=AAAA', 400],
      ['a page that is too large', '/v1/erasures?limit=1000', 400],
      ['a filter that there is not', '/v1/erasures?number=%2B14155550133', 400],
    ])('%s', async (_, path, status) => {
      expect((await api.send(path)).status).toBe(status);
    });

    it('who may not, and shows nothing of another tenant’s', async () => {
      const reviewer = await tokenOf('reviewer');
      expect((await request({ number: PERSON }, reviewer)).status).toBe(403);
      expect((await api.send('/v1/erasures', { token: reviewer })).status).toBe(403);
      const stranger = await tokenOf('compliance', [newSid('AC')]);
      const { json } = await request({ number: '+14155550199' });
      expect((await api.send(`/v1/erasures/${json.erasureId}`, { token: stranger })).status).toBe(404);
      expect((await api.send('/v1/erasures', { token: stranger })).json).toEqual({ erasures: [] });
      expect((await request({ number: PERSON, accountSid: ACCOUNT }, stranger)).status).toBe(404);
      expect((await api.send('/v1/erasures', { method: 'PUT', body: {} })).status).toBe(405);
    });
  });

  it('met nothing that nobody foresaw', () => {
    expect(api.errors).toEqual([]);
  });
});
