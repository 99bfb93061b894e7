import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, at, newSid, recordingCompleted } from '../retention/facts.ts';
import { TOKEN } from '../retention/records-app.ts';
import { Door } from './tenants.ts';

let door: Door;
beforeAll(async () => {
  door = await Door.open();
});
afterAll(() => door?.close());

const create = (grant: object, token = TOKEN) =>
  door.ask('/v1/tokens', token, {
    method: 'POST',
    body: { name: 'reviews', role: 'reviewer', accounts: [ACCOUNT], ...grant },
  });
const revoke = (tokenId: string, token = TOKEN) => door.ask(`/v1/tokens/${tokenId}`, token, { method: 'DELETE' });
const statusWith = async (token: string) => (await door.ask('/v1/recordings', token)).status;

describe('a token', () => {
  it('is shown once, and kept as a hash alone', async () => {
    const { status, json, headers } = await create({});
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(json.secret).toMatch(/^onr_[0-9a-f]{24}_[\w-]{43}$/);
    expect(json.token).toMatchObject({
      ...{ name: 'reviews', role: 'reviewer', accounts: [ACCOUNT], state: 'active' },
      createdBy: { kind: 'token', id: 'bootstrap', role: 'administrator' },
      expiresAt: new Date(at(1).getTime() + 90 * 86_400_000).toISOString(),
    });
    expect(await statusWith(json.secret)).toBe(200);
    const { text } = await door.ask('/v1/tokens', TOKEN);
    expect(text).toContain(json.token.tokenId);
    // It may have underscores of its own: what stood before the first of them was at times nothing, which is in every text.
    const [secret] = /[\w-]{43}$/.exec(json.secret) ?? [];
    expect(text).not.toContain(secret);
    const { rows } = await door.api.test.pool.query('select t::text as row from ledger.tokens t');
    expect(rows.map(({ row }) => row).join()).not.toContain(secret);
  });

  it('opens nothing from the request on that follows its revocation', async () => {
    const { json } = await create({});
    expect(await statusWith(json.secret)).toBe(200);
    const first = await revoke(json.token.tokenId);
    expect(first.json).toMatchObject({ state: 'revoked', revokedBy: { id: 'bootstrap' } });
    expect(await statusWith(json.secret)).toBe(401);
    // Once more is the same answer, and no second entry.
    expect((await revoke(json.token.tokenId)).json).toEqual(first.json);
    const entries = await door.auditOf('token.revoked');
    expect(entries.filter(({ subject }) => subject.token === json.token.tokenId)).toHaveLength(1);
  });

  it('opens nothing from the moment on at which it expires', async () => {
    const { json } = await create({ expiresAt: at(11).toISOString() });
    expect(await statusWith(json.secret)).toBe(200);
    door.api.test.now = at(11);
    const late = await door.ask('/v1/recordings', json.secret);
    expect(late).toMatchObject({
      status: 401,
      json: { detail: expect.stringContaining(`expired at ${at(11).toISOString()}`) },
    });
    door.api.test.now = at(1);
  });

  it('tells what is wrong with it to those alone who have its secret', async () => {
    const { json } = await create({});
    await revoke(json.token.tokenId);
    const guessed = `onr_${json.token.tokenId}_${randomBytes(32).toString('base64url')}`;
    const [unknown, nobody] = [await door.ask('/v1/recordings', guessed), await door.ask('/v1/recordings', 'onr_x')];
    expect(unknown.status).toBe(401);
    expect(unknown.text).toBe(nobody.text);
    expect((await door.ask('/v1/recordings', json.secret)).json.detail).toContain('was revoked at');
  });

  it('remembers to the minute when it was used last', async () => {
    const { json } = await create({});
    await statusWith(json.secret);
    door.api.test.now = new Date(at(1).getTime() + 59_000);
    await statusWith(json.secret);
    const lastUse = async () => {
      const { tokens } = (await door.ask('/v1/tokens?limit=200', TOKEN)).json;
      return tokens.find((each: { tokenId: string }) => each.tokenId === json.token.tokenId).lastUsedAt;
    };
    expect(await lastUse()).toBe(at(1).toISOString());
    door.api.test.now = at(2);
    await statusWith(json.secret);
    expect(await lastUse()).toBe(at(2).toISOString());
    door.api.test.now = at(1);
  });

  it('is listed and revoked only by those who see everything that it opens', async () => {
    const other = newSid('AC');
    const [ours, both] = [
      (await create({})).json.token.tokenId,
      (await create({ accounts: [ACCOUNT, other] })).json.token.tokenId,
    ];
    const all = (await create({ accounts: 'all' })).json.token.tokenId;
    const administrator = await door.tokenOf('administrator');
    const { text } = await door.ask('/v1/tokens?limit=200', administrator);
    expect([ours, both, all].filter((tokenId) => text.includes(tokenId))).toEqual([ours]);
    expect((await revoke(both, administrator)).status).toBe(404);
    expect((await revoke(all, administrator)).status).toBe(404);
    expect((await revoke(ours, administrator)).status).toBe(200);
  });
});

describe('the audit log', () => {
  it('has who made and who revoked a token, in each account that it opens', async () => {
    const [one, other] = [newSid('AC'), newSid('AC')];
    const administrator = await door.tokenOf('administrator', [one, other]);
    const { json } = await create({ accounts: [one, other] }, administrator);
    await revoke(json.token.tokenId, administrator);
    for (const account of [one, other]) {
      for (const kind of ['token.created', 'token.revoked']) {
        const entries = await door.auditOf(kind, account);
        expect(entries.filter(({ subject }) => subject.token === json.token.tokenId)).toMatchObject([
          { actor: { id: administrator.split('_')[1], role: 'administrator' }, details: { role: 'reviewer' } },
        ]);
      }
    }
  });

  it('has whose authorisation failed and why, and counts what a flood would fill it with', async () => {
    const account = newSid('AC');
    const administrator = await door.tokenOf('administrator', [account]);
    const agent = await door.tokenOf('agent', [account]);
    const { json } = await create({ accounts: [account] }, administrator);
    await revoke(json.token.tokenId, administrator);
    door.api.test.now = at(30);
    await door.ask('/v1/calls/+14155550100?who=%2B14155550100', json.secret);
    await door.ask('/v1/tokens', agent);
    const failures = await door.auditOf('authorisation.failed', account);
    expect(failures).toMatchObject([
      {
        actor: { id: json.token.tokenId },
        details: { reason: 'revoked token', request: 'GET /v1/calls/…', filters: ['who'] },
      },
      { actor: { id: agent.split('_')[1], role: 'agent' }, details: { reason: 'role', remoteAddress: '127.0.0.1' } },
    ]);
    for (let times = 0; times < 100; times += 1) await statusWith(`nobody-knows-${times}`);
    const flood = (await door.auditOf('authorisation.failed')).filter(({ actor }) => actor.id === 'unknown');
    expect(flood.length).toBeLessThanOrEqual(30 + 5);
    door.api.test.now = at(31);
    await statusWith('nobody-knows');
    expect((await door.auditOf('authorisation.failed')).at(-1)?.details.leftOutBefore).toBe(72);
    door.api.test.now = at(1);
  });

  it('has everything that an auditor asks, and shows nothing where that cannot be written', async () => {
    const account = newSid('AC');
    const auditor = await door.tokenOf('auditor', [account]);
    const sid = newSid('RE');
    for (const path of ['/v1/recordings?state=waiting&limit=5', `/v1/recordings/${sid}`]) await door.ask(path, auditor);
    expect(await door.auditOf('records.read', account)).toMatchObject([
      { details: { request: 'GET /v1/recordings', filters: ['limit', 'state'] } },
      { subject: { recordingSid: sid }, details: { request: `GET /v1/recordings/${sid}`, filters: [] } },
    ]);
    const { pool } = door.api.test;
    await pool.query('alter table ledger.audit_entries rename to audit_away');
    const answers = [await door.ask('/v1/recordings', auditor), await door.ask('/v1/recordings', TOKEN)];
    await pool.query('alter table ledger.audit_away rename to audit_entries');
    expect(answers.map(({ status }) => status)).toEqual([503, 200]);
    expect(door.api.errors.splice(0)).toHaveLength(1);
  });
});

describe('what an auditor of all accounts reads', () => {
  const theirs = newSid('AC');
  const sid = newSid('RE');
  let auditor = '';
  beforeAll(async () => {
    auditor = await door.tokenOf('auditor', 'all');
    await door.api.test.take(recordingCompleted(sid, { callSid: newSid('CA') }, { accountSid: theirs }));
  });
  const readsOf = async (path: string) => {
    const before = await Promise.all([ACCOUNT, theirs].map((account) => door.auditOf('records.read', account)));
    await door.ask(path, auditor);
    const after = await Promise.all([ACCOUNT, theirs].map((account) => door.auditOf('records.read', account)));
    return after.map((entries, n) => entries.length - (before[n]?.length ?? 0));
  };

  // It stood in the log of the installation's own account alone: whose data were read never learnt of it.
  it.each([
    ['of all of them', '/v1/recordings', [1, 1]],
    ['of one that it names', `/v1/recordings?accountSid=${theirs}`, [0, 1]],
    ['of a recording', `/v1/recordings/${sid}`, [0, 1]],
    ['of a recording that nobody has', `/v1/recordings/${newSid('RE')}`, [1, 0]],
    ['of an account that nobody has', `/v1/recordings?accountSid=${newSid('AC')}`, [1, 1]],
  ] as const)(
    '%s is on record in the log of each account whose data were read, and in no other',
    async (_, path, entries) => {
      expect(await readsOf(path)).toEqual(entries);
    },
  );
});

it('nothing unexpected happened', () => {
  expect(door.api.errors).toEqual([]);
});
