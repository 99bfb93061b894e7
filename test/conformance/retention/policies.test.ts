import { replanRecordings } from '@onrecord/retention/clearance/replan-recordings';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, archived, at, consentOf, legReported, newSid, recordingCompleted } from './facts.ts';
import { RecordsApp } from './records-app.ts';

let api: RecordsApp;
beforeAll(async () => {
  api = await RecordsApp.start();
});
afterAll(() => api.close());

const DAY = 1_440;

const calls = (fields: { audio?: string; consent?: string; extra?: string } = {}) => `name: calls
defaults:
  periods:
    audio: ${fields.audio ?? '30d'}
    transcript: ${fields.audio ?? '30d'}
    providerResponse: ${fields.audio ?? '30d'}
    metadata: 10y
    numbers: 10y
  consent: { mode: ${fields.consent ?? 'explicit'} }
${fields.extra ?? ''}`;

const post = (path: string, body: unknown = {}) => api.send(path, { method: 'POST', body });
const draft = async (source: string) => (await post('/v1/policies', { source })).json.id as string;
const activate = (id: string, dueNow?: number) =>
  post(`/v1/policies/${id}/activation`, dueNow === undefined ? {} : { confirm: { dueNow } });
const show = async (sid: string) => (await api.send(`/v1/recordings/${sid}`)).json;

async function archivedAt(minutes: number): Promise<string> {
  const [callSid, sid] = [newSid('CA'), newSid('RE')];
  api.test.now = at(minutes);
  await api.test.take(legReported(callSid), recordingCompleted(sid, { callSid }), consentOf({ callSid }, 'granted'));
  await api.test.take(archived(sid, callSid, `${ACCOUNT}/${sid}/`));
  return sid;
}

/** Until nothing stands by another policy than the one that holds. */
async function replan(): Promise<void> {
  const context = { now: api.test.now, onDecision: () => undefined };
  while ((await replanRecordings(api.test.ledger, context, 50)) === 50);
}

describe('a policy', () => {
  it('is refused with every fault at its line, and nothing is kept of it', async () => {
    const { status, json } = await post('/v1/policies', { source: calls({ audio: '30 days' }) });
    expect([status, json.detail.split('\n').length]).toEqual([400, 3]);
    expect(json.detail).toContain('line 4, column 12: defaults.periods.audio is "30 days": give a period such as');
    expect((await api.send('/v1/policies')).json.policies).toEqual([]);
  });

  it('is refused where it asks a provider that the installation does not have', async () => {
    const extra = '  transcription: { provider: openai-compatible }';
    const { status, json } = await post('/v1/policies', { source: calls({ extra }) });
    expect(status).toBe(400);
    expect(json.detail).toContain('TRANSCRIPTION_PROVIDER=deepgram');
  });

  it('counts its versions by name, and shows each as it was sent', async () => {
    const source = calls();
    expect([await draft(calls({ audio: '31d' })), await draft(source)]).toEqual(['calls.v1', 'calls.v2']);
    expect((await api.send('/v1/policies/calls.v2')).json).toMatchObject({ state: 'draft', source, version: 2 });
    expect((await api.send('/v1/policies')).json.policies.map(({ id }: { id: string }) => id)).toHaveLength(2);
    expect((await api.send('/v1/policies/calls.v9')).status).toBe(404);
    expect((await api.send('/v1/policies/calls')).status).toBe(400);
  });
});

describe('an activation', () => {
  it('plans again what stands, and the decisions after it name the version', async () => {
    const before = await archivedAt(10);
    const planned = (await show(before)).deletion.deleteAfter;
    const id = await draft(calls({ audio: '40d' }));
    expect((await activate(id)).json).toMatchObject({ policy: { id, state: 'active' }, isNew: true });
    await replan();
    const { deleteAfter } = (await show(before)).deletion;
    expect(Date.parse(deleteAfter) - Date.parse(planned)).toBe(10 * 86_400_000);
    expect((await show(await archivedAt(20))).decision.policy).toEqual({ name: 'calls', version: 3 });
    expect(await activate(id)).toMatchObject({ status: 200, json: { policy: { id }, isNew: false } });
  });

  it('that would have something deleted at once is refused until so many are confirmed', async () => {
    const old = await archivedAt(30);
    api.test.now = at(30 + 5 * DAY);
    const id = await draft(calls({ audio: '4d' }));
    const { json } = await post(`/v1/policies/${id}/simulation`);
    expect(json.counts).toMatchObject({ sooner: 3, dueNow: 3, longer: 0, decided: 0, transcribed: 0 });
    expect(json.samples.dueNow).toContainEqual(expect.objectContaining({ recordingSid: old, what: 'audio' }));
    const refused = await activate(id);
    expect([refused.status, refused.json.detail]).toEqual([409, expect.stringContaining('{"confirm":{"dueNow":3}}')]);
    expect((await activate(id, 2)).status).toBe(409);
    expect((await show(old)).deletion.status).toBe('planned');
    expect((await activate(id, 3)).status).toBe(200);
  });

  it('supersedes the version before, which never holds again', async () => {
    expect((await api.send('/v1/policies/calls.v3')).json.state).toBe('superseded');
    expect((await activate('calls.v3')).status).toBe(409);
  });

  it('leaves an entry in the audit log, with who did it and how many were due', async () => {
    const { rows } = await api.test.pool.query(
      `select convert_from(body, 'UTF8')::jsonb as entry from ledger.audit_entries where kind like 'policy.%' order by entry_id`,
    );
    expect(rows.map(({ entry }) => entry.kind)).toContain('policy.drafted');
    expect(rows.at(-1)?.entry).toMatchObject({
      kind: 'policy.activated',
      subject: { policy: 'calls v4' },
      details: { dueNow: 3, superseded: 'calls v3' },
    });
  });
});

describe('what holds', () => {
  it('is never changed and never removed, by nobody', async () => {
    for (const change of [
      `update ledger.policies set document = '{}'`,
      `update ledger.policies set source = 'x' where state = 'draft'`,
      `update ledger.policies set state = 'active', superseded_at = null where state = 'superseded'`,
      'delete from ledger.policies',
      'truncate ledger.policies',
    ]) {
      await expect(api.test.pool.query(change), change).rejects.toThrow(/never changes|append-only/);
    }
  });

  it('is one policy, whoever activates at the same moment', async () => {
    const ids = await Promise.all([draft(calls({ audio: '50d' })), draft(calls({ audio: '60d' }))]);
    await Promise.all(ids.map((id) => activate(id)));
    const { rows } = await api.test.pool.query(`select count(*)::integer from ledger.policies where state = 'active'`);
    expect(rows[0].count).toBe(1);
  });

  it('is the built-in policy again when that is activated', async () => {
    expect((await activate('built-in', 99)).json).toEqual({ isNew: true });
    expect((await show(await archivedAt(6 * DAY))).decision.policy).toEqual({ name: 'built-in', version: 1 });
  });
});

describe('a tag', () => {
  it('moves the recordings of a call, of every leg, under the rule that selects it, and back', async () => {
    const extra = 'rules:\n  - { name: vip, select: { tags: [vip] }, periods: { audio: 5y, transcript: 5y } }';
    await activate(await draft(calls({ extra })), 99);
    const [callSid, child, sid] = [newSid('CA'), newSid('CA'), newSid('RE')];
    await api.test.take(legReported(callSid), legReported(child, { parentCallSid: callSid }));
    await api.test.take(recordingCompleted(sid, { callSid }), consentOf({ callSid }, 'granted'));
    await api.test.take(archived(sid, callSid, `${ACCOUNT}/${sid}/`));
    const years = async () =>
      (Date.parse((await show(sid)).deletion.deleteAfter) - at(2).getTime()) / (365 * 86_400_000);
    expect(await years()).toBeLessThan(1);
    const put = (tags: string[]) => api.send(`/v1/calls/${child}/tags`, { method: 'PUT', body: { tags } });
    expect((await put(['vip'])).json).toEqual({ tags: ['vip'], recordings: [sid] });
    expect(await years()).toBeGreaterThan(4.9);
    await put([]);
    expect(await years()).toBeLessThan(1);
  });

  // Tags pick the rule, and with it the periods: one request once deleted what a policy's activation would have had to confirm.
  it('that would have something deleted at once is refused until that is confirmed, and each change is on record', async () => {
    const extra =
      'rules:\n  - { name: brief, select: { tags: [brief] }, periods: { audio: 1d, providerResponse: 1d } }';
    await activate(await draft(calls({ extra })), 99);
    const sid = await archivedAt(6 * DAY);
    const { callSid } = await show(sid);
    api.test.now = at(8 * DAY);
    const put = (body: object) => api.send(`/v1/calls/${callSid}/tags`, { method: 'PUT', body });
    const changes = async () => {
      const { rows } = await api.test.pool.query(
        `select convert_from(body, 'UTF8')::jsonb as entry from ledger.audit_entries where kind = 'tags.changed' order by entry_id`,
      );
      return rows.map(({ entry }) => entry).filter(({ subject }) => subject.callSid === callSid);
    };
    const partDueAt = async () =>
      (await api.test.pool.query('select part_due_at from ledger.recordings where recording_sid = $1', [sid])).rows[0];
    const planned = await partDueAt();
    const refused = await put({ tags: ['brief'] });
    expect([refused.status, refused.json]).toEqual([
      409,
      expect.objectContaining({ dueNow: 1, detail: expect.stringContaining('"confirm":{"dueNow":1}') }),
    ]);
    expect([await changes(), await partDueAt()]).toEqual([[], planned]);
    expect((await put({ tags: ['brief'], confirm: { dueNow: 1 } })).status).toBe(200);
    expect(await partDueAt()).not.toEqual(planned);
    expect((await put({ tags: [] })).status).toBe(200);
    const actor = expect.objectContaining({ kind: expect.any(String) });
    expect(await changes()).toMatchObject([
      { actor, details: { before: [], after: ['brief'], dueNow: 1 } },
      { actor, details: { before: ['brief'], after: [], dueNow: 0 } },
    ]);
  });

  it.each([[['VIP']], [['14155550100']], [['1415-555-0100']], [['a b']], [Array(21).fill('x')]])(
    'is not %j',
    async (tags) => {
      const { callSid } = await api.given('waiting');
      expect((await api.send(`/v1/calls/${callSid}/tags`, { method: 'PUT', body: { tags } })).status).toBe(400);
    },
  );
});

describe('a simulation', () => {
  it('tells what would be decided otherwise, from all answers', async () => {
    const [callSid, sid] = [newSid('CA'), newSid('RE')];
    await api.test.take(legReported(callSid), recordingCompleted(sid, { callSid }), consentOf({ callSid }, 'refused'));
    const id = await draft(calls({ audio: '30d' }).replace('mode: explicit', 'mode: explicit, onRefusal: withhold'));
    const { json } = await post(`/v1/policies/${id}/simulation`);
    expect(json.samples.decided).toEqual([
      { recordingSid: sid, what: 'decision', before: 'refused', after: 'withheld' },
    ]);
    expect(json.next).toBeUndefined();
  });

  // A version that shortened nothing but the numbers once had pseudonyms put in their place, for good, with dueNow at 0.
  it('tells whose numbers would be replaced, and an activation has them confirmed', async () => {
    const sid = await archivedAt(8 * DAY);
    api.test.now = at(10 * DAY);
    const drafted = async (numbers: string) => draft(calls().replace('numbers: 10y', `numbers: ${numbers}`));
    const [same, shorter] = [await drafted('10y'), await drafted('1d')];
    await activate(same, 999);
    const { counts, samples } = (await post(`/v1/policies/${shorter}/simulation`)).json;
    expect(counts.dueNow).toBeGreaterThan(0);
    const told = { recordingSid: sid, what: 'numbers', before: expect.any(String), after: expect.any(String) };
    expect(samples.dueNow).toContainEqual(told);
    expect(new Set(samples.dueNow.map(({ what }: { what: string }) => what))).toEqual(new Set(['numbers']));
    expect((await activate(shorter)).status).toBe(409);
    expect((await activate(shorter, counts.dueNow)).status).toBe(200);
    await replan();
    expect((await post(`/v1/policies/${shorter}/simulation`)).json.counts.dueNow).toBe(0);
  });

  it('tells what would be transcribed otherwise, and where Twilio’s copy goes sooner', async () => {
    const extra = '  transcription: { provider: deepgram, options: { language: de } }\n  twilioDeletion: after-archive';
    const { json } = await post(`/v1/policies/${await draft(calls({ extra }))}/simulation`);
    expect(json.counts.transcribed).toBe(json.looked);
    expect(json.samples.sooner[0]).toMatchObject({ what: 'twilio-copy' });
  });
});

it('a rule that goes by numbers holds from when they are told, in whatever order', async () => {
  const extra = 'rules:\n  - { name: bay, select: { numbers: ["+1415*"] }, periods: { audio: 5y, transcript: 5y } }';
  await activate(await draft(calls({ extra })), 99);
  const [callSid, sid] = [newSid('CA'), newSid('RE')];
  await api.test.take(recordingCompleted(sid, { callSid }), consentOf({ callSid }, 'granted'));
  await api.test.take(archived(sid, callSid, `${ACCOUNT}/${sid}/`));
  const rule = async () => {
    const select = 'select policy_rule from ledger.recordings where recording_sid = $1';
    return (await api.test.pool.query(select, [sid])).rows[0].policy_rule;
  };
  expect(await rule()).toBeNull();
  await api.test.take(legReported(callSid, { from: '+14155550100', to: '+493012345678' }));
  expect(await rule()).toBe('bay');
});

// Whoever sent the same file again had two versions of it to choose from.
it('a policy that is sent again is the version that it was, until that one is superseded', async () => {
  const sent = (source: string) => post('/v1/policies', { source });
  const source = calls().replace('name: calls', 'name: again');
  expect(await sent(source)).toMatchObject({ status: 201, json: { id: 'again.v1', isNew: true } });
  expect(await sent(source)).toMatchObject({ status: 200, json: { id: 'again.v1', isNew: false, state: 'draft' } });
  expect((await sent(`${source}# other words\n`)).json.id).toBe('again.v2');
  expect((await sent(source)).json.id).toBe('again.v3');
  await activate('again.v3', 99);
  expect((await sent(source)).json).toMatchObject({ id: 'again.v3', isNew: false, state: 'active' });
  await activate('built-in', 99);
  expect((await sent(source)).json).toMatchObject({ id: 'again.v4', isNew: true });
});
