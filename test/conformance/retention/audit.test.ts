import { createHash } from 'node:crypto';
import { appendAudit } from '@onrecord/retention/audit/append-audit';
import { placeAuditEntries } from '@onrecord/retention/audit/place-audit-entries';
import { type PlacedEntry, readAuditEntries } from '@onrecord/retention/audit/read-audit-entries';
import { RETENTION } from '@onrecord/retention/domain/actor';
import type { AuditEntry } from '@onrecord/retention/domain/audit-entry';
import { inTenant } from '@onrecord/retention/ledger/tenancy';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { describeWith } from '../../servers/available.ts';
import { DAY, Deletions } from './deletions.ts';
import { ACCOUNT, at, consentOf, newSid } from './facts.ts';
import { startLedger, type TestLedger } from './ledger.ts';
import { RecordsApp } from './records-app.ts';

const kindsOf = (entries: readonly PlacedEntry[]) => entries.map(({ canonical }) => JSON.parse(canonical).kind);

describeWith('postgres', () => {
  let given: TestLedger;
  beforeAll(async () => {
    given = await startLedger();
  });
  afterAll(() => given?.close());

  const entry = (accountSid: string, details: AuditEntry['details'] = {}): AuditEntry => ({
    ...{ accountSid, at: at(0), kind: 'decision.made', actor: RETENTION, subject: {}, details },
  });
  const append = (accountSid: string, ...entries: AuditEntry[]) =>
    inTenant(given.application, accountSid, (client) => appendAudit(client, entries));
  const read = (accountSid: string) => readAuditEntries(given.application, { accounts: [accountSid], limit: 10_000 });

  describe('the audit log of an account', () => {
    test('keeps the exact bytes that were appended', async () => {
      const account = newSid('AC');
      await append(account, entry(account, { b: '€ \u0000 \u{1F600}', a: 1e-7 }));
      const { rows } = await given.pool.query('select body from ledger.audit_entries where account_sid = $1', [
        account,
      ]);
      const text = `{"accountSid":"${account}","actor":{"id":"retention","kind":"service"},"at":"2026-03-01T10:00:00.000Z","details":{"a":1e-7,"b":"€ \\u0000 \u{1F600}"},"form":1,"kind":"decision.made","subject":{}}`;
      const digest = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
      expect(digest(rows[0].body)).toBe(digest(text));
      expect(await read(account)).toEqual([{ accountSid: account, position: 0, canonical: text }]);
    });

    test('has no entry of an effect that was rolled back, and no gap in its place', async () => {
      const account = newSid('AC');
      await append(account, entry(account, { n: 0 }));
      await expect(
        inTenant(given.application, account, async (client) => {
          await appendAudit(client, [entry(account, { n: 'never' })]);
          throw new Error('rolled back');
        }),
      ).rejects.toThrow('rolled back');
      await append(account, entry(account, { n: 1 }));
      expect(
        (await read(account)).map(({ position, canonical }) => [position, JSON.parse(canonical).details.n]),
      ).toEqual([
        [0, 0],
        [1, 1],
      ]);
    });

    test('never shows a place before the one ahead of it, however many write and place at a time', async () => {
      const account = newSid('AC');
      const seen: string[][] = [];
      const writers = Array.from({ length: 6 }, async (_, writer) => {
        for (let n = 0; n < 25; n += 1) {
          await inTenant(given.application, account, async (client) => {
            await appendAudit(client, [entry(account, { writer, n }), entry(account, { writer, n, second: true })]);
            // The order of commits is another one than that of the statements.
            await client.query('select pg_sleep(random() * 0.004)');
          });
        }
      });
      let isDone = false;
      const placers = Array.from({ length: 3 }, async () => {
        while (!isDone) {
          await placeAuditEntries(given.application, [account]);
          seen.push((await read(account)).map(({ canonical }) => canonical));
        }
      });
      await Promise.all(writers);
      isDone = true;
      await Promise.all(placers);
      const whole = await read(account);
      expect(whole.map(({ position }) => position)).toEqual(Array.from({ length: 300 }, (_, n) => n));
      // What was read once stays as it was read: every later log continues every earlier one.
      const texts = whole.map(({ canonical }) => canonical);
      for (const earlier of seen) expect(texts.slice(0, earlier.length)).toEqual(earlier);
      expect(new Set(texts).size).toBe(300);
    });

    test('is not seen, and not written, by another account', async () => {
      const [ours, theirs] = [newSid('AC'), newSid('AC')];
      await append(theirs, entry(theirs));
      await expect(append(ours, entry(theirs))).rejects.toThrow(/row-level security/);
      const placing = inTenant(given.application, ours, (client) =>
        client.query('select ledger.place_audit_entries($1) as placed', [theirs]),
      );
      expect((await placing).rows).toEqual([{ placed: 0 }]);
      expect(await read(ours)).toEqual([]);
    });

    test('refuses an entry with a phone number, and with it the effect', async () => {
      const account = newSid('AC');
      await expect(append(account, entry(account, { party: '+14155550100' }))).rejects.toThrow(
        'has something like a phone number in details.party',
      );
      expect(await read(account)).toEqual([]);
    });
  });

  describe.each([
    ['the application', 'application', /permission denied/],
    ['its owner', 'pool', /ledger\.audit_entries is append-only: (update|delete|truncate|insert) is refused/],
  ] as const)('%s', (_, as, refusal) => {
    test.each([
      ['change', `update ledger.audit_entries set body = ''`],
      ['move', 'update ledger.audit_entries set position = 7'],
      ['remove', 'delete from ledger.audit_entries'],
      ['truncate', 'truncate ledger.audit_entries'],
    ])('cannot %s what is on record', async (_verb, sql) => {
      const account = newSid('AC');
      await append(account, entry(account));
      await placeAuditEntries(given.application, [account]);
      await expect(inTenant(given[as], account, (client) => client.query(sql))).rejects.toThrow(refusal);
      expect(await read(account)).toHaveLength(1);
    });
  });

  test('an entry cannot choose its place', async () => {
    const account = newSid('AC');
    const sql = `insert into ledger.audit_entries (account_sid, position, at, kind, body) values ($1, 0, now(), 'x', '')`;
    await expect(inTenant(given.application, account, (client) => client.query(sql, [account]))).rejects.toThrow(
      /insert is refused/,
    );
  });
});

describe('what goes on record', () => {
  let site: Deletions;
  beforeAll(async () => {
    site = await Deletions.start();
  });
  afterAll(() => site?.close());
  const recorded = async (recordingSid?: string) =>
    readAuditEntries(site.test.application, { accounts: [ACCOUNT], recordingSid, limit: 10_000 });

  test('of a refused recording: its decision, and each step until it is gone everywhere', async () => {
    const { sid, archive } = await site.given('granted');
    await archive();
    const { callSid } = JSON.parse((await recorded(sid)).at(-1)?.canonical ?? '{}').subject;
    site.test.now = at(2);
    await site.test.take(consentOf({ callSid }, 'refused', { recordedAt: at(2).toISOString(), reference: 'second' }));
    site.test.now = at(3 + DAY);
    await site.sweep();
    const entries = await recorded(sid);
    expect(kindsOf(entries)).toEqual([
      'decision.made',
      'decision.made',
      'deletion.begun',
      'deletion.found',
      'deletion.found',
      'deletion.completed',
      'deletion.certified',
    ]);
    const [cleared, refused] = entries.map(({ canonical }) => JSON.parse(canonical));
    expect(cleared.details).toMatchObject({ decision: 1, outcome: 'cleared', policy: { name: 'built-in' } });
    expect(refused.details).toMatchObject({ decision: 2, outcome: 'refused', cause: 'withdrawal' });
  });

  test('of an answer: who it was by its part, or by a pseudonym where it is named otherwise', async () => {
    const callSid = newSid('CA');
    await site.test.take(
      consentOf({ callSid }, 'granted'),
      consentOf({ callSid }, 'granted', { party: '+1 415 555 0100', reference: 'tel:+14155550100' }),
      consentOf({ callSid }, 'granted'),
    );
    const answers = (await recorded())
      .map(({ canonical }) => JSON.parse(canonical))
      .filter(({ subject }) => subject.callSid === callSid);
    expect(answers).toHaveLength(2);
    expect(answers[0]).toMatchObject({ kind: 'consent.recorded', details: { role: 'caller', outcome: 'granted' } });
    expect(answers[1].subject.party).toBe(site.test.pseudonyms.of('+14155550100'));
    expect(JSON.stringify(answers)).not.toContain('555');
  });
});

describe('GET /v1/audit-entries', () => {
  let api: RecordsApp;
  beforeAll(async () => {
    api = await RecordsApp.start();
  });
  afterAll(() => api?.close());
  afterEach(() => expect(api.errors).toEqual([]));

  test('pages through the log in its order, with the exact text of each entry', async () => {
    for (let n = 0; n < 3; n += 1) await api.given('cleared');
    const all = (await api.send('/v1/audit-entries')).json.entries;
    expect(all.map(({ position }: PlacedEntry) => position)).toEqual(all.map((_: unknown, n: number) => n));
    for (const { entry, canonical } of all) expect(entry).toEqual(JSON.parse(canonical));
    const paged: unknown[] = [];
    let next: string | undefined = '';
    while (next !== undefined) {
      const { json } = await api.send(`/v1/audit-entries?limit=2${next === '' ? '' : `&cursor=${next}`}`);
      paged.push(...json.entries);
      next = json.next;
    }
    expect(paged).toEqual(all);
  });

  test('names who set a date, and who recorded an answer', async () => {
    const { sid, callSid } = await api.given('transcribed');
    await api.send(`/v1/recordings/${sid}/retention`, { method: 'PUT', body: { deleteAfter: at(DAY).toISOString() } });
    const { json } = await api.send(`/v1/audit-entries?recordingSid=${sid}&kind=retention.changed`);
    expect(json.entries).toMatchObject([
      {
        entry: {
          actor: { kind: 'token', id: 'bootstrap', role: 'administrator' },
          details: { before: null, deleteAfter: at(DAY).toISOString() },
        },
      },
    ]);
    await api.post({ callSid, party: 'called', outcome: 'granted', purposes: ['record'], method: 'written' });
    const answers = (await api.send('/v1/audit-entries?kind=consent.recorded&limit=200')).json.entries;
    expect(answers.at(-1).entry).toMatchObject({ actor: { id: 'bootstrap' }, details: { role: 'called' } });
  });

  test.each(['kind=unknown.kind', 'recordingSid=x', 'cursor=AAAA', 'limit=0', 'other=1'])(
    'refuses ?%s',
    async (query) => {
      expect(await api.send(`/v1/audit-entries?${query}`)).toMatchObject({ status: 400 });
    },
  );
});
