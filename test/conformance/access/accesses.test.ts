import { inTenant } from '@onrecord/retention/ledger/tenancy';
import { inNetworks, readNetworks } from '@onrecord/shared/http/networks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, at, newSid } from '../retention/facts.ts';
import { access, TOKEN } from '../retention/records-app.ts';
import { Door } from './tenants.ts';

let door: Door;
let reviewer: string;
beforeAll(async () => {
  door = await Door.open();
  reviewer = await door.tokenOf('reviewer');
});
afterAll(() => door?.close());

const accessesOf = async (query: string, token = TOKEN) =>
  (await door.ask(`/v1/accesses?${query}`, token)).json.accesses;

const grantedFor = async (recordingSid: string) =>
  (await door.auditOf('access.granted')).filter(({ subject }) => subject.recordingSid === recordingSid);

describe('whoever reads a transcript', () => {
  it('is recorded: who, what, when, why and from where, with an audit entry', async () => {
    const { path, sid } = await door.api.given('transcribed');
    const headers = { 'x-access-purpose': 'complaint 4711' };
    expect((await door.ask(`${path}/transcript?format=txt`, reviewer, { headers })).text).toBe('caller: hello');
    const principal = { kind: 'token', id: reviewer.split('_')[1], name: 'reviewer of a test', role: 'reviewer' };
    expect(await accessesOf(`recordingSid=${sid}`)).toEqual([
      {
        ...{ accountSid: ACCOUNT, recordingSid: sid, at: at(1).toISOString(), what: 'text', format: 'txt' },
        ...{ purpose: 'complaint 4711', principal, remoteAddress: '127.0.0.1' },
      },
    ]);
    const { kind, id, role } = principal;
    expect(await grantedFor(sid)).toMatchObject([
      { actor: { kind, id, role }, details: { what: 'text', format: 'txt', purpose: 'complaint 4711' } },
    ]);
  });

  it('gets nothing, and leaves no trace, where there is nothing to be read', async () => {
    const { path, sid } = await door.api.given('transcribed');
    for (const missing of [`${path}/transcript?format=srt`, `/v1/recordings/${newSid('RE')}/transcript`]) {
      expect((await door.ask(missing, reviewer)).status).toBe(404);
    }
    expect(await accessesOf(`recordingSid=${sid}`)).toEqual([]);
  });

  it('gets nothing while it cannot be recorded', async () => {
    const { path, sid } = await door.api.given('transcribed');
    const { pool } = door.api.test;
    await pool.query('alter table ledger.accesses rename to accesses_away');
    const answer = await door.ask(`${path}/transcript`, reviewer);
    await pool.query('alter table ledger.accesses_away rename to accesses');
    expect(answer).toMatchObject({ status: 503, type: 'application/problem+json' });
    expect(answer.text).not.toContain('simulated');
    expect(door.api.errors.splice(0)).toHaveLength(1);
    // Nor was half of it recorded.
    expect(await grantedFor(sid)).toEqual([]);
    expect((await door.ask(`${path}/transcript`, reviewer)).status).toBe(200);
  });

  it('says why where the installation asks for it, and never with a phone number', async () => {
    const { path, sid } = await door.api.given('transcribed');
    const asking = { ...access, purposeRequired: true };
    const strict = await Door.open({
      access: asking,
      accesses: door.api.accesses,
      reader: door.api.test.reader,
      objectStore: door.api.store,
    });
    const read = (headers: Record<string, string>) => strict.ask(`${path}/transcript`, TOKEN, { headers });
    expect(await read({})).toMatchObject({
      status: 400,
      json: { detail: expect.stringContaining('this installation asks why') },
    });
    expect(await read({ 'x-access-purpose': ' ' })).toMatchObject({ status: 400 });
    expect(await read({ 'x-access-purpose': 'x'.repeat(201) })).toMatchObject({ status: 400 });
    expect(await read({ 'x-access-purpose': 'call of +1 415 555 0100' })).toMatchObject({
      status: 400,
      json: { detail: expect.stringContaining('phone number') },
    });
    expect(await accessesOf(`recordingSid=${sid}`)).toEqual([]);
    expect(await read({ 'x-access-purpose': 'quality review' })).toMatchObject({ status: 200 });
    await strict.close();
  });
});

it('a trusted proxy is believed whom it asks for, and nobody else', async () => {
  const isTrustedProxy = inNetworks(readNetworks('127.0.0.1,10.0.0.0/8') ?? []);
  const behind = await Door.open({ access: { ...access, isTrustedProxy } });
  const { path, sid } = await behind.api.given('transcribed');
  const headers = { 'x-forwarded-for': '203.0.113.9, 198.51.100.7, 10.1.2.3' };
  await behind.ask(`${path}/transcript`, TOKEN, { headers });
  const said = (await behind.ask(`/v1/accesses?recordingSid=${sid}`, TOKEN)).json.accesses;
  expect(said).toMatchObject([{ remoteAddress: '198.51.100.7' }]);
  await behind.close();

  const open = await door.api.given('transcribed');
  await door.ask(`${open.path}/transcript`, TOKEN, { headers });
  expect(await accessesOf(`recordingSid=${open.sid}`)).toMatchObject([{ remoteAddress: '127.0.0.1' }]);
});

describe('accesses', () => {
  it('are listed by recording, by principal and by time, page by page, each once', async () => {
    const { path, sid } = await door.api.given('transcribed');
    for (const minutes of [20, 21, 22, 23, 24]) {
      door.api.test.now = at(minutes);
      await door.ask(`${path}/transcript`, minutes % 2 === 0 ? reviewer : TOKEN);
    }
    const times = async (query: string) => (await accessesOf(query)).map((each: { at: string }) => each.at);
    const moments = (...minutes: number[]) => minutes.map((each) => at(each).toISOString());
    expect(await times(`recordingSid=${sid}`)).toEqual(moments(24, 23, 22, 21, 20));
    expect(await times(`recordingSid=${sid}&principal=bootstrap`)).toEqual(moments(23, 21));
    const [since, until] = moments(21, 23);
    expect(await times(`recordingSid=${sid}&since=${since}&until=${until}`)).toEqual(moments(22, 21));
    const seen: string[] = [];
    let cursor = '';
    do {
      const { json } = await door.ask(`/v1/accesses?recordingSid=${sid}&limit=2${cursor}`, TOKEN);
      seen.push(...json.accesses.map((each: { at: string }) => each.at));
      cursor = json.next === undefined ? '' : `&cursor=${json.next}`;
    } while (cursor !== '');
    expect(seen).toEqual(moments(24, 23, 22, 21, 20));
  });

  it('cannot be changed or removed', async () => {
    const { pool } = door.api.test;
    for (const sql of ["update ledger.accesses set purpose = 'x'", 'delete from ledger.accesses']) {
      const changed = inTenant(pool, ACCOUNT, (client) => client.query(sql));
      await expect(changed).rejects.toThrow(/append-only/);
    }
  });
});

it('nothing unexpected happened', () => {
  expect(door.api.errors).toEqual([]);
});
