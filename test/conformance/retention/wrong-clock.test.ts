import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { underPolicy } from './audit-table/due.ts';
import { DAY, Deletions } from './deletions.ts';
import { erasing } from './erasing.ts';
import { at, legReported } from './facts.ts';
import { pseudonyms } from './ledger.ts';

const COMPANY = '+14155550100';
const LAW = `rules:
  - name: orders
    select: { numbers: ["+4930*"] }
    minimums: [{ classes: [metadata], period: 20d, source: the law on orders }]
    periods: { metadata: 60d }
  - name: advice
    select: { numbers: ["+4940*"] }
    minimums: [{ classes: [numbers], period: 20d, source: the law on advice }]
    periods: { metadata: 60d, numbers: 20d }
`;

let bed: Deletions;
beforeAll(async () => {
  bed = await Deletions.start(undefined, { recordings: 8 });
  await underPolicy(
    bed,
    'audio: 40d, transcript: 1d, providerResponse: 1d, metadata: 40d, numbers: 5d',
    `matching: first\n${LAW}`,
  );
});
afterAll(() => bed?.close());

const fromOf = async (callSid: string) => {
  const { rows } = await bed.test.pool.query('select from_number from ledger.calls where call_sid = $1', [callSid]);
  return rows[0]?.from_number as string | undefined;
};
const isAtTwilio = async (callSid: string) => (await bed.callsAtTwilio()).some(({ sid }) => sid === callSid);

/** A call that ended at 0 and was not recorded. */
async function called(from: string): Promise<string> {
  const callSid = bed.givenCall();
  await bed.test.take(legReported(callSid, { from, to: COMPANY, direction: 'inbound' }));
  bed.test.now = at(60);
  return callSid;
}

// Deletions asked whether the clocks agree, and nothing else did: one that was five years ahead replaced every number within 15 seconds.
describe('by a clock that is ahead of the database’s', () => {
  it('no number is replaced whose period would be over, until the clocks agree', async () => {
    const { called: recorded, sweepOnce, clocks } = erasing(bed);
    const person = '+14153790301';
    const { callSid } = await recorded(person, COMPANY);
    clocks.agree = false;
    bed.test.now = at(7 * DAY);
    await sweepOnce();
    expect(await fromOf(callSid)).toBe(person);
    clocks.agree = true;
    await sweepOnce();
    expect(await fromOf(callSid)).toBe(pseudonyms.of(person));
  });

  it('no law ends that keeps the numbers of an erasure’s calls, and no erasure begins', async () => {
    const { request, settle, find, clocks } = erasing(bed);
    const [kept, plain] = ['+494012345601', '+14153790302'];
    const callSid = await called(kept);
    const { erasure } = await request({ e164: kept });
    await settle();
    expect((await find(erasure.erasureId)).erasure).toMatchObject({ state: 'waiting', legsKeptUntil: at(20 * DAY) });
    const other = await called(plain);
    clocks.agree = false;
    bed.test.now = at(25 * DAY);
    const { erasure: late } = await request({ e164: plain });
    await settle();
    expect([await fromOf(callSid), await fromOf(other)]).toEqual([kept, plain]);
    expect([await isAtTwilio(callSid), await isAtTwilio(other)]).toEqual([true, true]);
    expect((await find(late.erasureId)).erasure.state).toBe('received');
    clocks.agree = true;
    await settle();
    expect([await fromOf(callSid), await fromOf(other)]).toEqual([kept, plain].map((each) => pseudonyms.of(each)));
    expect([await isAtTwilio(callSid), await isAtTwilio(other)]).toEqual([false, false]);
  });

  it('no record of a call is deleted at Twilio that a law keeps there', async () => {
    const { request, settle, find, clocks } = erasing(bed);
    const person = '+493012345601';
    const callSid = await called(person);
    const { erasure } = await request({ e164: person });
    await settle();
    clocks.agree = false;
    bed.test.now = at(25 * DAY);
    await settle();
    expect(await isAtTwilio(callSid)).toBe(true);
    expect((await find(erasure.erasureId)).callsAtTwilio).toEqual({ deleted: 0, open: 0, left: 1 });
    clocks.agree = true;
    await settle();
    expect(await isAtTwilio(callSid)).toBe(false);
  });

  it('nothing is forgotten whose period would be over', async () => {
    const { sweepOnce, clocks } = erasing(bed);
    const callSid = await called('+14153790303');
    clocks.agree = false;
    bed.test.now = at(41 * DAY);
    await sweepOnce();
    expect(await fromOf(callSid)).toBe('+14153790303');
    clocks.agree = true;
    await sweepOnce();
    expect(await fromOf(callSid)).toBeUndefined();
  });
});
