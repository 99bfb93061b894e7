import { createHash } from 'node:crypto';
import { acceptFact } from '@onrecord/retention/accept-fact';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { activate } from './activating.ts';
import { DAY, Deletions, NOBODY } from './deletions.ts';
import { erasing } from './erasing.ts';
import { ACCOUNT, at, consentOf } from './facts.ts';

let site: Deletions;
beforeAll(async () => {
  site = await Deletions.start();
});
afterAll(() => site?.close());
beforeEach(() => site.test.published());

const certificates = async (sid: string) => {
  const { rows } = await site.test.pool.query<{ deletion: number; body: string }>(
    'select deletion, body from ledger.deletion_certificates where recording_sid = $1 order by deletion',
    [sid],
  );
  return rows;
};

describe('a completed deletion has one certificate', () => {
  it('written when all is confirmed and not before, and its hash in the audit log', async () => {
    const { sid, callSid, prefix, archive } = await site.given('refused');
    await archive();
    site.test.now = at(1 + DAY);
    await site.sweep({ apiUrl: NOBODY });
    expect(await certificates(sid)).toEqual([]);
    site.test.now = at(2 + DAY);
    await site.sweep();
    const [certificate, ...others] = await certificates(sid);
    expect(others).toEqual([]);
    const body = certificate?.body ?? '';
    expect(JSON.parse(body)).toMatchObject({
      deletionId: `${sid}.1`,
      cause: { kind: 'refusal' },
      decision: { outcome: 'refused', policy: { name: 'built-in', version: 1 } },
      requestedBy: { kind: 'answer', id: callSid, method: 'key-press' },
      attempts: 2,
      objects: [{ key: `${prefix}manifest.json` }, { key: `${prefix}media.wav` }],
    });
    const { rows } = await site.test.pool.query(
      `select convert_from(body, 'UTF8')::jsonb as entry from ledger.audit_entries
       where recording_sid = $1 and kind = 'deletion.certified'`,
      [sid],
    );
    const sha256 = createHash('sha256').update(body).digest('hex');
    expect(rows).toMatchObject([
      { entry: { subject: { deletion: `${sid}.1` }, details: { certificate: { sha256 } } } },
    ]);
  });

  it('that nobody changes or removes', async () => {
    const { pool } = site.test;
    await expect(pool.query(`update ledger.deletion_certificates set body = '{}'`)).rejects.toThrow('append-only');
    await expect(pool.query('delete from ledger.deletion_certificates')).rejects.toThrow('append-only');
  });

  it('also when it could not be written at first: then the deletion is not completed either', async () => {
    const { sid, prefix, archive } = await site.given('refused');
    await archive();
    const { pool } = site.test;
    await pool.query(
      `create function no_certificate() returns trigger language plpgsql as $$ begin raise 'the database restarts'; end $$;
       create trigger no_certificate before insert on ledger.deletion_certificates for each row
       when (new.recording_sid = '${sid}') execute function no_certificate()`,
    );
    site.test.now = at(1 + DAY);
    await expect(site.sweep()).rejects.toThrow('the database restarts');
    expect(await site.objectsUnder(prefix)).toBe(0);
    expect(await site.find(sid)).toMatchObject({ state: 'deleting', deletion: { status: 'running' } });
    expect(await site.toldOf(sid)).toEqual([]);
    await pool.query('drop trigger no_certificate on ledger.deletion_certificates; drop function no_certificate');
    site.test.now = at(2 + DAY);
    await site.sweep();
    expect(await certificates(sid)).toMatchObject([{ body: expect.stringContaining(`${prefix}media.wav`) }]);
    expect(await site.toldOf(sid)).toMatchObject([{ type: 'onrecord.recording.deleted.v1' }]);
  });

  it('each, where it is deleted again', async () => {
    const { sid, archive } = await site.given('refused');
    site.test.now = at(1 + DAY);
    await site.sweep();
    await archive();
    site.test.now = at(2 + DAY);
    await site.sweep();
    expect((await certificates(sid)).map(({ deletion }) => deletion)).toEqual([1, 2]);
  });
});

describe('a certificate names what its deletion followed', () => {
  const certified = async (sid: string) => (await certificates(sid)).map(({ body }) => JSON.parse(body));

  // A recording that a new policy took had a certificate that named the built-in one alone, which keeps it for a month.
  it('the policy, version and rule by whose period it went, and not only the one that it was cleared by', async () => {
    const { sid } = await erasing(site).called('+4930123456', '+14155550100');
    const other = await erasing(site).called('+14155550177', '+14155550100');
    await activate(
      site,
      `name: short
defaults:
  periods: { audio: 30d, transcript: 30d, providerResponse: 30d, metadata: 10y, numbers: 10y }
  consent: { mode: explicit }
  twilioDeletion: after-archive
rules:
  - name: german
    select: { numbers: ["+4930*"] }
    periods: { audio: 1d, transcript: 2d, providerResponse: 2d }
`,
    );
    site.test.now = at(1 + DAY);
    await site.sweep();
    site.test.now = at(1 + 2 * DAY);
    await site.sweep();
    const policy = { name: 'short', version: 1, rule: 'german' };
    const said = (explanation: string) => ({ kind: 'schedule', policy, explanation });
    expect(await certified(sid)).toMatchObject([
      { data: ['twilio-copy', 'audio'], cause: said('Deleted as the policy says (policy short v1, rule german).') },
      {
        data: ['everything'],
        decision: { policy: { name: 'built-in', version: 1 } },
        cause: said('Deleted because its retention period was over (policy short v1, rule german).'),
      },
    ]);
    // Of Twilio's copy, whose period is its own, it said that the recording's was over.
    expect((await site.test.reader.findDecisions(ACCOUNT, other.sid))[0]?.explanation[0]).toMatch(
      /^Of the recording Twilio’s copy was deleted, confirmed at .*Z, as the policy says \(policy short v1\)\.$/,
    );
    const explanation = 'Deleted as the policy says (policy short v1).';
    expect(await certified(other.sid)).toMatchObject([{ data: ['twilio-copy'], cause: { explanation } }]);
  });

  // Of a withdrawal it said that the service had asked for it.
  it('who recorded the withdrawal that it followed', async () => {
    const { sid, callSid, archive } = await site.given('granted');
    await archive();
    const actor = { kind: 'token', id: 'tok_test', role: 'compliance' } as const;
    const withdrawn = consentOf({ callSid }, 'withdrawn', { method: 'letter', recordedAt: at(1).toISOString() });
    const context = { now: site.test.now, onDecision: () => undefined };
    await acceptFact(site.test.ledger, withdrawn, context, { publish: true, actor });
    site.test.now = at(1 + DAY);
    await site.sweep();
    expect(await certified(sid)).toMatchObject([{ cause: { kind: 'withdrawal' }, requestedBy: actor }]);
  });

  // It said that the service had asked for it, and nobody found the erasure from it.
  it('the erasure that it carried out, and who asked for that', async () => {
    const { called, request, settle } = erasing(site);
    const { sid } = await called('+14152679001', '+14155550100');
    const { erasure } = await request({ e164: '+14152679001' });
    await settle();
    expect(await certified(sid)).toMatchObject([
      {
        data: ['everything'],
        requestedBy: { kind: 'token', id: 'tok_test', role: 'compliance' },
        cause: {
          kind: 'erasure',
          erasureId: erasure.erasureId,
          explanation: `Deleted because its erasure was asked for (erasure ${erasure.erasureId}).`,
        },
      },
    ]);
    // Its decision went on saying that it may be stored, and not a word of this.
    const [decision] = await site.test.reader.findDecisions(ACCOUNT, sid);
    const { deletion } = (await site.find(sid)) ?? {};
    expect(decision?.explanation.slice(0, 2)).toEqual([
      `The recording was deleted, confirmed at ${deletion?.completedAt}, because its erasure was asked for (erasure ${erasure.erasureId}).`,
      expect.stringMatching(/^Decision 2 of .* may be stored/),
    ]);
  });
});
