import type { OnrecordEvent } from '@onrecord/shared/events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deletions } from './deletions.ts';
import { erasing } from './erasing.ts';
import { ACCOUNT, at, consentOf, joined, legReported, newSid, recordingCompleted } from './facts.ts';
import { holdsOver, matterOver } from './holding.ts';
import { pseudonyms } from './ledger.ts';

const COMPANY = '+14155550100';
let lastNumber = 2_690_000;
/** A number that no other test has. */
const somebody = () => {
  lastNumber += 1;
  return `+1415${lastNumber}`;
};

let bed: Deletions;
beforeAll(async () => {
  bed = await Deletions.start();
});
afterAll(() => bed?.close());

type Leg = Parameters<typeof legReported>[1];
const inbound = (callSid: string, fields: Leg) =>
  legReported(callSid, { to: COMPANY, direction: 'inbound', ...fields });
const withParameter = (name: string) => (callSid: string, number: string) => [
  inbound(callSid, { from: '+14155550177', parameters: { [name]: number } }),
];
const asEnd = (spell: (number: string) => string) => (callSid: string, number: string) => [
  inbound(callSid, { from: spell(number) }),
];

/** How somebody's number can stand in what is told of a leg. */
const WAYS: Record<string, (callSid: string, number: string) => OnrecordEvent[]> = {
  'in E.164': asEnd((number) => number),
  'without its plus': asEnd((number) => number.slice(1)),
  'in a SIP address': asEnd((number) => `sip:${number}@example.com`),
  'in a SIP address, as it is dialled within its country': asEnd((number) => `sip:${number.slice(2)}@10.0.0.1:5060`),
  'as who forwarded the call': withParameter('ForwardedFrom'),
  'as the caller whom Twilio tells besides': withParameter('Caller'),
  'as the label of a participant': (callSid, number) => [
    inbound(callSid, { from: 'client:alice' }),
    joined(newSid('CF'), callSid, { label: `guest ${number}` }),
  ],
  'as the party of an answer': (callSid, number) => [
    inbound(callSid, { from: 'client:bob' }),
    consentOf({ callSid }, 'granted', { party: number }),
  ],
};

/** A call that is recorded, archived and at Twilio, with somebody's number in it. */
async function callWith(number: string, way: (typeof WAYS)[string]) {
  const call = await bed.given('granted');
  await bed.test.take(...way(call.callSid, number));
  await call.archive();
  return call;
}

const recordsAtTwilio = async (...callSids: string[]) =>
  (await bed.callsAtTwilio()).filter(({ sid }) => callSids.includes(sid)).length;

// A hold on a number read the ends of legs alone; an erasure of the same number deleted the rest under it, Twilio's records as well.
describe('a hold on a number', () => {
  it.each(Object.keys(WAYS))(
    'covers the calls with it %s, and an erasure of it takes none of them before the release',
    async (how) => {
      const way = WAYS[how] ?? (() => []);
      const { request, settle, find } = erasing(bed);
      const { hold, release, covered } = await matterOver(holdsOver(bed));
      const number = somebody();
      const before = await callWith(number, way);
      const { holdId } = await hold({ number });
      expect(await covered(holdId)).toEqual([before.sid]);
      const after = await callWith(number, way);
      expect(await covered(holdId)).toEqual([before.sid, after.sid].toSorted());
      bed.test.now = at(60);
      const { erasure } = await request({ e164: number });
      await settle();
      expect(await find(erasure.erasureId)).toMatchObject({
        ...{ erasure: { state: 'waiting', legsKept: 2 }, results: { held: 2 }, callsAtTwilio: { deleted: 0, open: 0 } },
      });
      expect([await bed.objectsUnder(before.prefix), await bed.objectsUnder(after.prefix)]).toEqual([2, 2]);
      expect(await recordsAtTwilio(before.callSid, after.callSid)).toBe(2);
      await release(holdId);
      await settle();
      expect(await find(erasure.erasureId)).toMatchObject({ results: { erased: 2 } });
      expect(await bed.objectsUnder(before.prefix)).toBe(0);
    },
  );

  it('covers the calls with it once its place was taken by a pseudonym, with a call of then that comes late', async () => {
    const { request, settle } = erasing(bed);
    const { hold, covered } = await matterOver(holdsOver(bed));
    const number = somebody();
    const room = newSid('RE');
    const [callSid, conference] = [newSid('CA'), newSid('CF')];
    await bed.test.take(inbound(callSid, { from: `sip:${number}@example.com` }), joined(conference, callSid));
    bed.test.now = at(60);
    await request({ e164: number });
    await settle();
    const { rows } = await bed.test.pool.query('select from_number from ledger.calls where call_sid = $1', [callSid]);
    expect(rows).toEqual([{ from_number: `sip:${pseudonyms.of(number)}@example.com` }]);
    const { holdId } = await hold({ number });
    await bed.test.take(recordingCompleted(room, { conferenceSid: conference }));
    expect(await covered(holdId)).toEqual([room]);
  });

  it('keeps the record at Twilio of a call without recordings, and tells of the one that an erasure had asked for before', async () => {
    const { request, settle, find } = erasing(bed);
    const { hold, release, callsBegun } = await matterOver(holdsOver(bed));
    const number = somebody();
    const [gone, kept] = [bed.givenCall(), bed.givenCall()];
    const address = `sip:${number.slice(1)}@example.com`;
    await bed.test.take(inbound(gone, { from: address }));
    bed.test.now = at(60);
    await request({ e164: number });
    await settle();
    expect(await recordsAtTwilio(gone)).toBe(0);
    const placed = await hold({ number });
    const told = { calls: [{ callSid: gone, status: 'gone' }], isComplete: true };
    expect(await callsBegun(placed)).toMatchObject(told);
    await bed.test.take(inbound(kept, { from: address, occurredAt: bed.test.now.toISOString() }));
    bed.test.now = at(90);
    const { erasure } = await request({ e164: number });
    await settle();
    expect([await recordsAtTwilio(kept), (await find(erasure.erasureId)).erasure.legsKept]).toEqual([1, 2]);
    await release(placed.holdId);
    const released = await holdsOver(bed).find([ACCOUNT], placed.holdId);
    expect(released?.thing.selector.number).toBeUndefined();
    expect(released && (await callsBegun(released.thing))).toMatchObject(told);
    await settle();
    expect(await recordsAtTwilio(kept)).toBe(0);
  });

  it('of an earlier version covers them as well, and is gone through again', async () => {
    const { hold, covered } = await matterOver(holdsOver(bed));
    const number = somebody();
    const { holdId } = await hold({ number });
    // As it was, with a call that it passed over, and as the migration leaves it.
    const { sid } = await callWith(number, WAYS['in a SIP address'] ?? (() => []));
    await bed.test.pool.query('delete from ledger.hold_recordings where hold_id = $1', [holdId]);
    await bed.test.pool.query(
      `update ledger.holds set names = null, spread_after = '', spread_due_at = $2 where hold_id = $1`,
      [holdId, bed.test.now],
    );
    const later = await callWith(number, WAYS['without its plus'] ?? (() => []));
    expect(await covered(holdId)).toEqual([later.sid]);
    await bed.sweep();
    expect(await covered(holdId)).toEqual([sid, later.sid].toSorted());
    const { rows } = await bed.test.pool.query('select names from ledger.holds where hold_id = $1', [holdId]);
    expect(rows[0].names).toContain(pseudonyms.of(number.slice(1)));
  });
});
