import { ruleBook } from '@onrecord/retention/domain/jurisdictions/built-in';
import type { Holds } from '@onrecord/retention/holds/holds';
import { createPolicyDesk } from '@onrecord/retention/policies/policy-desk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY, Deletions, NOBODY } from './deletions.ts';
import { ACCOUNT, at, consentOf, joined, legReported, newSid, recordingCompleted } from './facts.ts';
import { holdsOver, lawyer, matterOver, officer } from './holding.ts';
import { policy as builtIn, pseudonyms } from './ledger.ts';

let site: Deletions;
let holds: Holds;
beforeAll(async () => {
  site = await Deletions.start();
  holds = holdsOver(site);
});
afterAll(() => site?.close());
beforeEach(() => site.test.published());

const kept = async () => {
  const recording = await site.given('granted');
  await recording.archive();
  return recording;
};

describe('a held recording', () => {
  it('is kept beyond its schedule and an operator’s date, is shown with its matter, and goes once it is released', async () => {
    const { sid, prefix } = await kept();
    const { hold, release, matterId } = await matterOver(holds);
    const { holdId } = await hold({ recordingSid: sid });
    expect(await site.find(sid)).toMatchObject({
      state: 'archived',
      holds: [{ holdId, matterId, matter: 'Smith v. Jones' }],
    });
    expect((await site.find(sid))?.deletion).toBeUndefined();
    site.test.now = at(100 * DAY);
    await site.sweep();
    expect(await site.objectsUnder(prefix)).toBe(2);
    expect(await release(holdId)).toMatchObject({ outcome: 'released' });
    expect(await site.find(sid)).toMatchObject({
      holds: undefined,
      deletion: { status: 'planned', cause: 'schedule' },
    });
    await site.sweep();
    expect(await site.objectsUnder(prefix)).toBe(0);
    expect(await site.find(sid)).toMatchObject({ state: 'deleted' });
  });

  it('is kept although a party refuses it, until it is released', async () => {
    const { sid, prefix, archive } = await site.given('refused');
    await archive();
    const { hold, release } = await matterOver(holds);
    const { holdId } = await hold({ recordingSid: sid });
    site.test.now = at(5 * DAY);
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({ state: 'refused' });
    expect(await site.objectsUnder(prefix)).toBe(2);
    await release(holdId);
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({ state: 'deleted', deletion: { cause: 'refusal' } });
  });

  it('stays held by the other holds that cover it when one is released', async () => {
    const { sid, callSid, prefix } = await kept();
    const { hold, release } = await matterOver(holds);
    const [byCall, byRecording] = [await hold({ callSid }), await hold({ recordingSid: sid })];
    site.test.now = at(100 * DAY);
    await release(byCall.holdId);
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({ holds: [{ holdId: byRecording.holdId }] });
    expect(await site.objectsUnder(prefix)).toBe(2);
    await release(byRecording.holdId);
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({ state: 'deleted' });
  });

  it('is told of to the world and in the audit log, with pseudonyms in place of numbers', async () => {
    await site.test.published();
    const { hold, release, matterId } = await matterOver(holds);
    const { holdId } = await hold({ number: '+14155550199', from: at(0) });
    await release(holdId);
    const party = pseudonyms.of('+14155550199');
    expect(await site.test.published()).toMatchObject([
      {
        type: 'onrecord.hold.placed.v1',
        data: { accountSid: ACCOUNT, holdId, matter: matterId, selector: { party }, placedBy: 'person:lawyer' },
      },
      { type: 'onrecord.hold.released.v1', data: { holdId, releasedBy: 'person:lawyer' } },
    ]);
    const { rows } = await site.test.pool.query(
      `select kind, convert_from(body, 'UTF8') as body from ledger.audit_entries where kind ~ '^(matter|hold)[.]'
       order by entry_id desc limit 3`,
    );
    expect(rows.map(({ kind }) => kind)).toEqual(['hold.released', 'hold.placed', 'matter.opened']);
    expect(rows[1].body).toContain(party);
    const left = await site.test.pool.query('select number from ledger.holds where hold_id = $1', [holdId]);
    expect(left.rows).toEqual([{ number: null }]);
  });
});

describe('a hold', () => {
  const leg = (callSid: string, from: string, fields = {}) => legReported(callSid, { from, ...fields });

  it('covers every recording with a number, however that was spelt, on any leg and in a conference', async () => {
    const number = '+442071838750';
    const [call, parent, child, room, guest] = ['CA', 'CA', 'CA', 'CF', 'CA'].map(newSid) as [
      string,
      string,
      string,
      string,
      string,
    ];
    const [onCall, onParent, inRoom, other] = [newSid('RE'), newSid('RE'), newSid('RE'), newSid('RE')];
    site.test.now = at(1);
    await site.test.take(
      leg(call, number),
      leg(child, number, { parentCallSid: parent }),
      leg(guest, number),
      joined(room, guest),
      recordingCompleted(onCall, { callSid: call }),
      recordingCompleted(onParent, { callSid: parent }),
      recordingCompleted(inRoom, { conferenceSid: room }),
      recordingCompleted(other, { callSid: newSid('CA') }),
    );
    const { hold, covered } = await matterOver(holds);
    const { holdId } = await hold({ number });
    expect(await covered(holdId)).toEqual([onCall, onParent, inRoom].toSorted());
    const [later, laterCall, spelt] = [newSid('RE'), newSid('CA'), newSid('CA')];
    const speltRecording = newSid('RE');
    // The number comes after the recording, and in another spelling.
    await site.test.take(recordingCompleted(later, { callSid: laterCall }), leg(laterCall, number));
    await site.test.take(recordingCompleted(speltRecording, { callSid: spelt }), leg(spelt, '+44 20 7183 8750'));
    expect(await covered(holdId)).toEqual([onCall, onParent, inRoom, later, speltRecording].toSorted());
  });

  it('covers what a period touches, and with a number only what fits both', async () => {
    const number = '+442071838751';
    const given = async (start: number, withNumber: boolean) => {
      const [sid, callSid] = [newSid('RE'), newSid('CA')];
      const startedAt = at(start).toISOString();
      await site.test.take(
        leg(callSid, withNumber ? number : '+14155550111'),
        recordingCompleted(sid, { callSid }, { startedAt, durationSeconds: 600 }),
      );
      return sid;
    };
    const before = await given(1_000, true);
    const across = await given(2_995, true);
    const within = await given(3_500, true);
    const without = await given(3_500, false);
    const after = await given(4_000, true);
    const { hold, covered } = await matterOver(holds);
    const period = await hold({ from: at(3_000), until: at(4_000) });
    expect(await covered(period.holdId)).toEqual([across, within, without].toSorted());
    const both = await hold({ number, from: at(3_000), until: at(4_000) });
    expect(await covered(both.holdId)).toEqual([across, within].toSorted());
    expect([before, after]).toHaveLength(2);
    const future = await given(3_999, true);
    expect(await covered(both.holdId)).toEqual([across, within, future].toSorted());
  });

  it('of a whole account covers what comes in while it goes through what was there', async () => {
    const another = await Deletions.start();
    const { hold, covered } = await matterOver(holdsOver(another));
    const callSid = newSid('CA');
    const sids = Array.from({ length: 120 }, () => newSid('RE'));
    for (const sid of sids.slice(0, 60)) await another.test.take(recordingCompleted(sid, { callSid }));
    const arriving = (async () => {
      for (const sid of sids.slice(60)) await another.test.take(recordingCompleted(sid, { callSid }));
    })();
    const { holdId } = await hold({ wholeAccount: true });
    await arriving;
    expect(await covered(holdId)).toEqual(sids.toSorted());
    await another.close();
  });

  it('that was cut off is gone through by the sweeper', async () => {
    const { sid } = await kept();
    const { hold, covered } = await matterOver(holdsOver(site, { budgetMs: 0 }));
    const { holdId } = await hold({ recordingSid: sid });
    expect(await covered(holdId)).toEqual([]);
    // Until then it holds all the same.
    site.test.now = at(40 * DAY);
    await site.sweep();
    expect(await covered(holdId)).toEqual([sid]);
    expect(await site.find(sid)).toMatchObject({ state: 'archived', holds: [{ holdId }] });
  });

  it('is released by a second person where that is asked for, who is neither who placed it nor who asks', async () => {
    const strict = holdsOver(site, { releaseNeedsSecondPerson: true });
    const { sid } = await kept();
    const { hold } = await matterOver(strict);
    const { holdId } = await hold({ recordingSid: sid });
    const approve = (by: typeof lawyer | typeof officer) => strict.approveRelease(ACCOUNT, holdId, by);
    expect(await approve(officer)).toMatchObject({
      outcome: 'refused',
      reason: expect.stringMatching(/^Nobody has asked/),
    });
    expect(await strict.requestRelease(ACCOUNT, holdId, 'settled', lawyer)).toMatchObject({ outcome: 'requested' });
    expect(await strict.requestRelease(ACCOUNT, holdId, 'settled', officer)).toMatchObject({ outcome: 'refused' });
    expect(await approve(lawyer)).toMatchObject({
      outcome: 'refused',
      reason: expect.stringMatching(/another person/),
    });
    expect(await site.find(sid)).toMatchObject({ holds: [{ holdId }] });
    expect(await Promise.all([approve(officer), approve(officer)])).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ outcome: 'released' }),
        { outcome: 'refused', reason: 'The hold is released already.' },
      ]),
    );
    expect((await site.find(sid))?.holds).toBeUndefined();
  });
});

describe('the release of a hold', () => {
  const policy = (defaults: string, ofRule: string) => `name: calls
defaults:
  periods: { audio: 30d, transcript: 30d, providerResponse: 30d, metadata: 10y, numbers: 10y }
  consent: { mode: explicit }
${defaults}rules:
  - { name: orders, select: { tags: [order] }, sharedCalls: restrict${ofRule} }
`;

  it.each([
    ['its defaults', policy('  holdRelease: two-persons\n', ', holdRelease: one-person'), 'requested'],
    ['one of its rules', policy('', ', holdRelease: two-persons'), 'requested'],
    ['nothing of it', policy('', ''), 'released'],
  ])('takes a second person where the policy that is active says so in %s', async (_, source, outcome) => {
    const { pool, clock } = { pool: site.test.application, clock: site.test.clock };
    const desk = createPolicyDesk({
      pool,
      clock,
      builtIn,
      ruleBook: ruleBook(),
      pseudonyms,
      onActivated: () => undefined,
    });
    const { policy: draft, faults } = await desk.draft(ACCOUNT, source, officer);
    if (draft === undefined) throw new Error(JSON.stringify(faults));
    const { hold, release } = await matterOver(holds);
    const { holdId } = await hold({ recordingSid: newSid('RE') });
    const { holdId: other } = await hold({ recordingSid: newSid('RE') });
    // A draft says nothing yet.
    expect(await release(other)).toMatchObject({ outcome: 'released' });
    await desk.activate(draft, 1_000, officer);
    expect(await release(holdId)).toMatchObject({ outcome });
    if (outcome === 'requested') {
      expect(await holds.approveRelease(ACCOUNT, holdId, officer)).toMatchObject({ outcome: 'released' });
    }
    await desk.activate({ accountSid: ACCOUNT, name: 'built-in' }, 1_000, officer);
  });
});

describe('a hold on a recording whose deletion has begun', () => {
  it('says what was gone and what it saved, and puts off the rest until it is released', async () => {
    const { sid, prefix, archive } = await site.given('refused');
    await archive();
    site.test.now = at(1 + DAY);
    await site.sweep({ apiUrl: NOBODY });
    expect(await site.find(sid)).toMatchObject({ deletion: { status: 'partial' } });
    const { hold, release, begunBefore } = await matterOver(holds);
    const { holdId } = await hold({ recordingSid: sid });
    expect(await begunBefore(holdId)).toMatchObject([
      {
        recordingSid: sid,
        found: {
          settledAt: site.test.now,
          gone: [{ key: `${prefix}manifest.json` }, { key: `${prefix}media.wav` }],
          kept: 0,
          source: 'kept',
        },
      },
    ]);
    site.test.now = at(9 * DAY);
    await site.sweep();
    expect(site.statusAtTwilio(sid)).toBe('completed');
    expect(await site.find(sid)).toMatchObject({ state: 'deleting', deletion: { status: 'suspended' } });
    await release(holdId);
    await site.sweep();
    expect(site.statusAtTwilio(sid)).toBe('deleted');
    expect(await site.find(sid)).toMatchObject({ state: 'deleted', deletion: { number: 1 } });
  });

  it('that has taken nothing yet leaves the recording as it was', async () => {
    const { sid, prefix, archive } = await site.given('refused');
    await archive();
    const { hold } = await matterOver(holds);
    site.test.now = at(1 + DAY);
    const holding = {
      ...site.store,
      deleteAllVersions: async (...args: Parameters<typeof site.store.deleteAllVersions>) => {
        if (args[0] === prefix) await hold({ recordingSid: sid });
        return site.store.deleteAllVersions(...args);
      },
    };
    await site.sweep({ objects: holding, apiUrl: NOBODY });
    expect(await site.objectsUnder(prefix)).toBe(2);
    expect(await site.find(sid)).toMatchObject({
      state: 'refused',
      deletion: {
        status: 'suspended',
        objects: { deleted: 0, failure: expect.stringMatching(/it is held for mat_/) },
      },
    });
  });

  it('waits for a batch that is on its way, and says what it was', async () => {
    const { sid, prefix, archive } = await site.given('refused');
    await archive();
    const { hold, begunBefore } = await matterOver(holds);
    site.test.now = at(1 + DAY);
    let placing: ReturnType<typeof hold> | undefined;
    const late = {
      ...site.store,
      deleteAllVersions: async (...[folder, before, only]: Parameters<typeof site.store.deleteAllVersions>) =>
        site.store.deleteAllVersions(
          folder,
          async (found) => {
            const allowed = await before?.(found);
            if (folder === prefix) placing = hold({ recordingSid: sid });
            return allowed;
          },
          only,
        ),
    };
    await site.sweep({ objects: late, apiUrl: NOBODY });
    const placed = await placing;
    expect(await begunBefore(placed?.holdId ?? '')).toMatchObject([
      { found: { gone: [{ key: `${prefix}manifest.json` }, { key: `${prefix}media.wav` }], kept: 0, source: 'kept' } },
    ]);
  });

  // Marks were judged by the holder's own clock: one that was ahead said "kept" of what was on its way, and then it went.
  it('takes a batch for being on its way also where the clock of who holds is an hour ahead', async () => {
    const { sid, prefix, archive } = await site.given('refused');
    await archive();
    site.test.now = at(1 + DAY);
    const ahead = () => new Date(site.test.now.getTime() + 3_600_000);
    const { hold, begunBefore } = await matterOver(holdsOver(site, { clock: ahead, budgetMs: 500 }));
    let placed: Awaited<ReturnType<typeof hold>> | undefined;
    const answered: Awaited<ReturnType<typeof begunBefore>> = [];
    const slow = {
      ...site.store,
      deleteAllVersions: async (...[folder, note, only]: Parameters<typeof site.store.deleteAllVersions>) =>
        site.store.deleteAllVersions(
          folder,
          async (found) => {
            const allowed = await note?.(found);
            if (folder !== prefix) return allowed;
            placed = await hold({ recordingSid: sid });
            answered.push(...(await begunBefore(placed.holdId)));
            return allowed;
          },
          only,
        ),
    };
    await site.sweep({ objects: slow, apiUrl: NOBODY });
    expect(answered[0]?.found?.settledAt).toBeUndefined();
    expect(await site.objectsUnder(prefix)).toBe(0);
    site.test.now = at(121 + DAY);
    await site.sweep();
    expect(await begunBefore(placed?.holdId ?? '')).toMatchObject([{ found: { gone: [{}, {}], kept: 0 } }]);
  });

  it('says so of one that was deleted before', async () => {
    const { sid, archive } = await site.given('refused');
    await archive();
    site.test.now = at(1 + DAY);
    await site.sweep();
    const { hold, begunBefore } = await matterOver(holds);
    const { holdId } = await hold({ recordingSid: sid });
    expect(await begunBefore(holdId)).toMatchObject([{ found: { gone: [{}, {}], kept: 0, source: 'gone' } }]);
    expect(await site.find(sid)).toMatchObject({ state: 'deleted' });
  });

  it('does not say of Twilio what it cannot know, and says it later', async () => {
    const { sid } = await site.given('refused');
    await site.test.take(consentOf({ callSid: newSid('CA') }, 'refused'));
    site.test.now = at(1 + DAY);
    await site.sweep({ apiUrl: NOBODY });
    const { hold, begunBefore } = await matterOver(holdsOver(site, { source: site.source(NOBODY), budgetMs: 500 }));
    const { holdId } = await hold({ recordingSid: sid });
    const [unknown] = await begunBefore(holdId);
    expect(unknown).toMatchObject({ found: { gone: [] } });
    expect(unknown?.found?.source).toBeUndefined();
    site.test.now = at(2 + DAY);
    await site.sweep();
    expect(await begunBefore(holdId)).toMatchObject([{ found: { settledAt: site.test.now, source: 'kept' } }]);
  });
});
