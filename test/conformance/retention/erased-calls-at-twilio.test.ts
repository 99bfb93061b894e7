import type { ErasureDetail } from '@onrecord/retention/erasures/erasures';
import type { CallPlace } from '@onrecord/retention/places/twilio-calls';
import { startSimulator } from '@onrecord/simulator/simulator';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { underPolicy } from './audit-table/due.ts';
import { DAY, Deletions, NOBODY } from './deletions.ts';
import { erasing } from './erasing.ts';
import { ACCOUNT, at, legReported, newSid } from './facts.ts';
import { holdsOver, matterOver } from './holding.ts';

let bed: Deletions;
beforeAll(async () => {
  bed = await Deletions.start(undefined, { recordings: 60 });
});
afterAll(() => bed?.close());

let lastNumber = 3_790_000;
const somebody = () => {
  lastNumber += 1;
  return `+1415${lastNumber}`;
};
const isAtTwilio = async (callSid: string) => (await bed.callsAtTwilio()).some(({ sid }) => sid === callSid);
const leftOf = ({ residues }: ErasureDetail) => residues.filter(({ residue }) => residue === 'twilio-call-records');
const later = (ms: number) => {
  bed.test.now = new Date(bed.test.now.getTime() + ms);
};

/** What is on record of an erasure. */
async function entriesOf({ erasureId }: { erasureId: string }, kind: string): Promise<Record<string, unknown>[]> {
  const { rows } = await bed.test.pool.query<{ body: Buffer }>(
    'select body from ledger.audit_entries where account_sid = $1 and kind = $2 order by entry_id',
    [ACCOUNT, kind],
  );
  const entries = rows.map(({ body }) => JSON.parse(body.toString()));
  return entries.filter(({ subject }) => subject.erasure === erasureId);
}

// An erasure once left the number of the person in Twilio's record of each call, to be deleted there by hand.
describe('an erasure', () => {
  it('takes Twilio’s record of every leg along', async () => {
    const { called, request, settle, find } = erasing(bed);
    const person = somebody();
    const { callSid } = await called(person, '+14155550100');
    const other = await called(somebody(), '+14155550100');
    await bed.test.take(legReported(bed.givenCall(), { parentCallSid: callSid, direction: 'outbound-dial' }));
    bed.test.now = at(60);
    const { erasure } = await request({ e164: person });
    await settle();
    const found = await find(erasure.erasureId);
    expect([found.erasure.state, found.callsAtTwilio]).toEqual(['completed', { deleted: 2, open: 0, left: 0 }]);
    expect([await isAtTwilio(callSid), await isAtTwilio(other.callSid)]).toEqual([false, true]);
    // It once stood nowhere that a record was deleted, but in a count.
    const deleted = { subject: { erasure: erasure.erasureId, callSid }, details: { outcome: 'deleted', attempts: 1 } };
    expect(await entriesOf(erasure, 'erasure.call-deleted')).toHaveLength(2);
    expect(await entriesOf(erasure, 'erasure.call-deleted')).toContainEqual(expect.objectContaining(deleted));
    const named = found.residues.find(({ residue }) => residue === 'twilio-calls');
    expect(named?.what).toContain('Voice Insights');
  });

  // It once was on record as gone, with nothing left, after one look at Twilio in another region.
  it('takes no answer for evidence of a place where Twilio does not know a call that it would still show', async () => {
    const other = await startSimulator({ accountSid: ACCOUNT, authToken: 'token', publicBaseUrl: NOBODY });
    onTestFinished(() => other.stop());
    const elsewhere = erasing(bed, undefined, bed.source(other.url));
    const person = somebody();
    const { callSid } = await elsewhere.called(person, '+14155550100');
    bed.test.now = at(60);
    const { erasure } = await elsewhere.request({ e164: person });
    await elsewhere.settle();
    for (const minutes of [2, 11, 61]) {
      later(minutes * 60_000);
      await elsewhere.settle();
    }
    const found = await elsewhere.find(erasure.erasureId);
    expect([found.erasure.state, found.callsAtTwilio]).toEqual(['completed', { deleted: 0, open: 0, left: 1 }]);
    expect(leftOf(found)).toMatchObject([{ why: expect.stringContaining('check TWILIO_API_URL') }]);
    expect(await entriesOf(erasure, 'erasure.call-deleted')).toEqual([]);
    later(DAY * 60_000);
    const { settle, find } = erasing(bed);
    await settle();
    expect(await isAtTwilio(callSid)).toBe(false);
    expect((await find(erasure.erasureId)).callsAtTwilio).toEqual({ deleted: 1, open: 0, left: 0 });
  });

  it('has nothing to delete of a call that is older than Twilio shows calls', async () => {
    const { request, settle, find } = erasing(bed);
    const person = somebody();
    bed.test.now = at(1);
    await bed.test.take(legReported(newSid('CA'), { from: person, to: '+14155550100', direction: 'inbound' }));
    bed.test.now = at(401 * DAY);
    const { erasure } = await request({ e164: person });
    await settle();
    expect((await find(erasure.erasureId)).erasure.state).toBe('completed');
    expect(await entriesOf(erasure, 'erasure.call-deleted')).toMatchObject([{ details: { outcome: 'already-gone' } }]);
  });

  // It once was on record as gone without us.
  it('has deleted a record of which the answer to the deletion was lost', async () => {
    const twilio = bed.source();
    const lossy: CallPlace = {
      deleteCall: async (name, allow) => {
        await twilio.deleteCall(name, allow);
        throw new Error('the connection broke');
      },
    };
    const away = erasing(bed, undefined, lossy);
    const person = somebody();
    await away.called(person, '+14155550100');
    bed.test.now = at(60);
    const { erasure } = await away.request({ e164: person });
    await away.sweepOnce();
    later(60_000);
    await erasing(bed).settle();
    expect((await away.find(erasure.erasureId)).erasure.state).toBe('completed');
    expect(await entriesOf(erasure, 'erasure.call-deleted')).toMatchObject([{ details: { outcome: 'deleted' } }]);
  });

  it('knows of a record that another erasure, of the other end of the call, has had deleted', async () => {
    const { called, request, settle, find } = erasing(bed);
    const [caller, callee] = [somebody(), somebody()];
    await called(caller, callee);
    bed.test.now = at(60);
    const { erasure: first } = await request({ e164: caller });
    await settle();
    const { erasure: second } = await request({ e164: callee });
    await settle();
    expect((await find(second.erasureId)).erasure.state).toBe('completed');
    const outcomes = [first, second].map((each) => entriesOf(each, 'erasure.call-deleted'));
    expect(await Promise.all(outcomes)).toMatchObject([
      [{ details: { outcome: 'deleted' } }],
      [{ details: { outcome: 'already-gone' } }],
    ]);
  });

  it('tries for an hour, then names what is left with why, and takes it when Twilio answers again', async () => {
    const away = erasing(bed, undefined, bed.source(NOBODY));
    const person = somebody();
    const { callSid } = await away.called(person, '+14155550100');
    bed.test.now = at(60);
    const { erasure } = await away.request({ e164: person });
    await away.settle();
    expect(await away.find(erasure.erasureId)).toMatchObject({
      ...{ erasure: { state: 'running' }, callsAtTwilio: { deleted: 0, open: 1, left: 0 } },
    });
    for (const minutes of [2, 11, 61]) {
      later(minutes * 60_000);
      await away.settle();
    }
    const found = await away.find(erasure.erasureId);
    expect([found.erasure.state, found.callsAtTwilio]).toEqual(['completed', { deleted: 0, open: 0, left: 1 }]);
    expect(found.residues.find(({ residue }) => residue === 'twilio-call-records')).toMatchObject({
      ...{ what: expect.stringContaining(callSid), why: expect.stringContaining('nothing answers') },
    });
    later(DAY * 60_000);
    const back = erasing(bed);
    await back.settle();
    expect(await isAtTwilio(callSid)).toBe(false);
    expect((await back.find(erasure.erasureId)).residues).toContainEqual(
      expect.objectContaining({ residue: 'twilio-call-records', goneAt: expect.any(Date) }),
    );
    expect(await entriesOf(erasure, 'erasure.call-deleted')).toMatchObject([{ details: { attempts: 6 } }]);
    expect(await entriesOf(erasure, 'erasure.residue-gone')).toMatchObject([
      { details: { residue: 'twilio-call-records' } },
    ]);
  });

  it('leaves what a hold covers, also one that came after it was written down, until the release', async () => {
    const away = erasing(bed, undefined, bed.source(NOBODY));
    const { hold, release } = await matterOver(holdsOver(bed));
    const person = somebody();
    const { callSid } = await away.called(person, '+14155550100');
    bed.test.now = at(60);
    const { erasure } = await away.request({ e164: person });
    // Written down to be deleted, while Twilio is away.
    await away.settle();
    const { holdId } = await hold({ callSid });
    const { settle, find } = erasing(bed);
    later(120_000);
    await settle();
    expect(await isAtTwilio(callSid)).toBe(true);
    expect((await find(erasure.erasureId)).callsAtTwilio).toEqual({ deleted: 0, open: 0, left: 1 });
    await release(holdId);
    // It once went up to a day later.
    await settle();
    expect(await isAtTwilio(callSid)).toBe(false);
    expect((await find(erasure.erasureId)).callsAtTwilio).toEqual({ deleted: 1, open: 0, left: 0 });
  });

  // It once said that Twilio had none of them any more, while the first attempt after the release failed.
  it('goes on naming what is left while an attempt after the release of a hold fails', async () => {
    const away = erasing(bed, undefined, bed.source(NOBODY));
    const { hold, release } = await matterOver(holdsOver(bed));
    const person = somebody();
    const { callSid } = await away.called(person, '+14155550100');
    bed.test.now = at(60);
    const { erasure } = await away.request({ e164: person });
    await away.settle();
    const { holdId } = await hold({ callSid });
    later(120_000);
    await away.settle();
    await release(holdId);
    later(DAY * 60_000);
    await away.settle();
    const found = await away.find(erasure.erasureId);
    expect([found.erasure.state, found.callsAtTwilio]).toEqual(['completed', { deleted: 0, open: 1, left: 0 }]);
    expect(leftOf(found)).toMatchObject([{ goneAt: undefined, why: expect.stringContaining('nothing answers') }]);
  });

  // The hold once was asked for long before the DELETE, and was not told of what went meanwhile.
  it('leaves what a hold covers that comes right before the deletion is asked for', async () => {
    const { hold, callsBegun } = await matterOver(holdsOver(bed));
    const twilio = bed.source();
    let held: Awaited<ReturnType<typeof hold>> | undefined;
    const racing: CallPlace = {
      deleteCall: async (name, allow) => {
        held ??= await hold({ callSid: name.callSid });
        return twilio.deleteCall(name, allow);
      },
    };
    const { called, request, settle, find } = erasing(bed, undefined, racing);
    const person = somebody();
    const { callSid } = await called(person, '+14155550100');
    bed.test.now = at(60);
    const { erasure } = await request({ e164: person });
    await settle();
    expect(await isAtTwilio(callSid)).toBe(true);
    if (held === undefined) return expect.unreachable('nothing was to be deleted');
    expect(await callsBegun(held)).toEqual({ calls: [], isComplete: true });
    expect((await find(erasure.erasureId)).callsAtTwilio).toEqual({ deleted: 0, open: 0, left: 1 });
  });

  it('tells a hold that comes later what it had asked Twilio to delete, and what came of it', async () => {
    const { hold, callsBegun } = await matterOver(holdsOver(bed));
    const twilio = bed.source();
    const told: unknown[] = [];
    const racing: CallPlace = {
      deleteCall: (name, allow) =>
        twilio.deleteCall(name, async () => {
          await allow();
          told.push(await callsBegun(await hold({ callSid: name.callSid })));
        }),
    };
    const { called, request, settle } = erasing(bed, undefined, racing);
    const person = somebody();
    const { callSid, sid } = await called(person, '+14155550100');
    bed.test.now = at(60);
    await request({ e164: person });
    await settle();
    const one = (status: string) => ({ isComplete: true, calls: [{ callSid, status, at: expect.any(Date) }] });
    expect(told).toEqual([one('unsettled')]);
    const elsewhere = { from: at(-DAY), until: at(-DAY + 1) };
    for (const selector of [
      { callSid },
      { number: person },
      { recordingSid: sid },
      { number: person, from: at(-10) },
    ]) {
      expect(await callsBegun(await hold(selector))).toEqual(one('gone'));
    }
    expect((await callsBegun(await hold({ wholeAccount: true, ...elsewhere }))).calls).toEqual([]);
    for (const selector of [{ callSid: newSid('CA') }, { number: somebody() }, { number: person, ...elsewhere }]) {
      expect(await callsBegun(await hold(selector))).toEqual({ isComplete: true, calls: [] });
    }
  });

  it('finds out for a hold what came of a deletion of which nothing was heard, and keeps what is still there', async () => {
    const { hold, callsBegun } = await matterOver(holdsOver(bed));
    const twilio = bed.source();
    const cutOff: CallPlace = {
      deleteCall: (name, allow) =>
        twilio.deleteCall(name, async () => {
          await allow();
          throw new Error('the connection broke');
        }),
    };
    const away = erasing(bed, undefined, cutOff);
    const person = somebody();
    const { callSid } = await away.called(person, '+14155550100');
    bed.test.now = at(60);
    const { erasure } = await away.request({ e164: person });
    await away.settle();
    const held = await hold({ callSid });
    expect((await callsBegun(held)).calls).toMatchObject([{ callSid, status: 'unsettled' }]);
    const { turn, find } = erasing(bed);
    for (let turns = 0; turns < 2; turns += 1) await turn();
    expect((await callsBegun(held)).calls).toEqual([]);
    expect(await isAtTwilio(callSid)).toBe(true);
    expect((await find(erasure.erasureId)).callsAtTwilio).toEqual({ deleted: 0, open: 0, left: 1 });
  });

  // Its number was replaced in the ledger, and Twilio's record stayed with both.
  it('takes Twilio’s record of a leg that is heard of after it was completed, and names it until then', async () => {
    const { called, request, settle, find } = erasing(bed);
    const person = somebody();
    await called(person, '+14155550100');
    const late = await bed.given(undefined);
    bed.test.now = at(60);
    const { erasure } = await request({ e164: person });
    await settle();
    const completed = await find(erasure.erasureId);
    expect(completed.callsAtTwilio).toEqual({ deleted: 1, open: 0, left: 0 });
    await bed.test.take(legReported(late.callSid, { from: person, to: '+14155550100', direction: 'inbound' }));
    const away = erasing(bed, undefined, bed.source(NOBODY));
    await away.settle();
    expect(leftOf(await find(erasure.erasureId))).toMatchObject([{ what: expect.stringContaining(late.callSid) }]);
    // It once stood on record only when it was gone.
    const details = { residue: 'twilio-call-records', what: expect.stringContaining(late.callSid) };
    expect(await entriesOf(erasure, 'erasure.residue-named')).toContainEqual(
      expect.objectContaining({ details: expect.objectContaining(details) }),
    );
    later(120_000);
    await settle();
    expect(await isAtTwilio(late.callSid)).toBe(false);
    expect(await find(erasure.erasureId)).toMatchObject({
      erasure: { state: 'completed', legs: 2, completedAt: completed.erasure.completedAt },
      callsAtTwilio: { deleted: 2, open: 0, left: 0 },
    });
  });

  // They named no number that was erased, and their records stayed at Twilio with nothing said of them.
  it.each([
    ['the call', 'client:bob', 'sip:agent@example.com'],
    ['a person on it', 'client:bob', 'sip:agent@example.com'],
    ['a person on it', '+14155550177', '+14155550178'],
  ])('of %s takes along a leg from %s to %s that is heard of later, and one below that', async (of, from, to) => {
    const { called, request, settle, find } = erasing(bed);
    const person = somebody();
    const { callSid } = await called(person, '+14155550100');
    const [child, grandchild] = [bed.givenCall(), bed.givenCall()];
    bed.test.now = at(60);
    const { erasure } = await request(of === 'the call' ? { callSid } : { e164: person });
    await settle();
    await bed.test.take(legReported(child, { parentCallSid: callSid, direction: 'outbound-dial', from, to }));
    await settle();
    expect([await isAtTwilio(child), (await find(erasure.erasureId)).erasure.state]).toEqual([false, 'completed']);
    await bed.test.take(legReported(grandchild, { parentCallSid: child, direction: 'outbound-dial', from, to }));
    await settle();
    expect(await isAtTwilio(grandchild)).toBe(false);
    expect((await find(erasure.erasureId)).callsAtTwilio).toEqual({ deleted: 3, open: 0, left: 0 });
  });

  // Each status of a leg that was told again began the whole erasure anew, where a hold or ERASE_TWILIO_CALLS=false kept the leg's record.
  it('goes on where a status of a leg that it knows is told again, and begins anew for a leg that it does not', async () => {
    const { called, request, settle, find } = erasing(bed);
    const { hold, release } = await matterOver(holdsOver(bed));
    const person = somebody();
    const { callSid } = await called(person, '+14155550100');
    const { holdId } = await hold({ callSid });
    bed.test.now = at(60);
    const { erasure } = await request({ e164: person });
    await settle();
    const before = (await find(erasure.erasureId)).erasure;
    expect(before).toMatchObject({ state: 'waiting', legs: 1, legsKept: 1 });
    const leg = { from: person, to: '+14155550100', direction: 'inbound' } as const;
    await bed.test.take(legReported(callSid, leg), legReported(callSid, { ...leg, sequenceNumber: 4 }));
    expect((await find(erasure.erasureId)).erasure).toEqual(before);
    await bed.test.take(legReported(bed.givenCall(), leg));
    expect((await find(erasure.erasureId)).erasure).toMatchObject({ state: 'running', legs: 0 });
    await release(holdId);
    bed.test.now = at(120);
    await settle();
    expect((await find(erasure.erasureId)).erasure).toMatchObject({ state: 'completed', legs: 2, legsKept: 0 });
  });

  // It once was completed with nothing left at all.
  it('names calls that were forgotten when their metadata’s period was over: Twilio may have records of them', async () => {
    const own = await Deletions.start(undefined, { recordings: 1 });
    onTestFinished(() => own.close());
    const { request, settle, find } = erasing(own);
    const person = somebody();
    const before = await request({ e164: person });
    await settle();
    expect((await find(before.erasure.erasureId)).residues).toEqual([]);
    await underPolicy(own, 'audio: 1d, transcript: 1d, providerResponse: 1d, metadata: 2d, numbers: 1d');
    await own.test.take(legReported(newSid('CA'), { from: person, direction: 'inbound' }));
    own.test.now = at(3 * DAY);
    await own.sweep();
    const { erasure } = await request({ e164: person });
    await settle();
    expect((await find(erasure.erasureId)).residues).toMatchObject([
      { residue: 'forgotten-calls', what: expect.stringContaining('Twilio’s records of them') },
    ]);
  });
});
