import { afterAll, beforeAll, expect, it } from 'vitest';
import { underPolicy } from './audit-table/due.ts';
import { DAY, Deletions } from './deletions.ts';
import { erasing } from './erasing.ts';
import { at, legReported, newSid, recordingCompleted } from './facts.ts';
import { holdsOver, matterOver } from './holding.ts';
import { pseudonyms } from './ledger.ts';

const COMPANY = '+14155550100';
const RULES = `matching: first
rules:
  - name: orders
    select: { numbers: ["+4930*"] }
    minimums: [{ classes: [metadata], period: 20d, source: the law on orders }]
    periods: { metadata: 30d }
  - name: advice
    select: { numbers: ["+4940*"] }
    minimums: [{ classes: [numbers], period: 10d, source: the law on advice }]
    periods: { metadata: 40d, numbers: 10d }
`;

let bed: Deletions;
beforeAll(async () => {
  bed = await Deletions.start(undefined, { recordings: 4 });
  await underPolicy(bed, 'audio: 1d, transcript: 1d, providerResponse: 1d, metadata: 5d, numbers: 1d', RULES);
});
afterAll(() => bed?.close());

/** A call that ended at 0 and was not recorded. */
async function called(from: string): Promise<string> {
  const callSid = bed.givenCall();
  await bed.test.take(legReported(callSid, { from, to: COMPANY, direction: 'inbound' }));
  bed.test.now = at(60);
  return callSid;
}
const fromOf = async (callSid: string) => {
  const { rows } = await bed.test.pool.query('select from_number from ledger.calls where call_sid = $1', [callSid]);
  return rows[0]?.from_number as string | undefined;
};
const isAtTwilio = async (callSid: string) => (await bed.callsAtTwilio()).some(({ sid }) => sid === callSid);

// Minimums were asked of recordings alone: Twilio's record went at once, and the ledger's by the default period, for the number was gone
// by which the rule had been found.
it('what a law asks for of the metadata of a call without recordings stays until its end, though its numbers were erased', async () => {
  const { request, settle, find } = erasing(bed);
  const person = '+493012345678';
  const callSid = await called(person);
  const { erasure } = await request({ e164: person });
  await settle();
  expect([await fromOf(callSid), await isAtTwilio(callSid)]).toEqual([pseudonyms.of(person), true]);
  const found = await find(erasure.erasureId);
  expect(found.callsAtTwilio).toEqual({ deleted: 0, open: 0, left: 1 });
  expect(found.residues).toContainEqual(
    expect.objectContaining({ residue: 'twilio-call-records', why: expect.stringContaining('the law on orders') }),
  );
  // What Twilio tells once more has no number that is known by now.
  await bed.test.take(legReported(callSid, { from: person, to: COMPANY, direction: 'inbound', sequenceNumber: 4 }));
  bed.test.now = at(20 * DAY - 1);
  await settle();
  expect([await fromOf(callSid), await isAtTwilio(callSid)]).toEqual([pseudonyms.of(person), true]);
  bed.test.now = at(20 * DAY);
  await settle();
  expect([await fromOf(callSid), await isAtTwilio(callSid)]).toEqual([pseudonyms.of(person), false]);
  bed.test.now = at(30 * DAY + 1);
  await bed.sweep();
  expect(await fromOf(callSid)).toBeUndefined();
});

it('the numbers of such a call stay as long as a law asks for them, and go then, whatever else the erasure waits for', async () => {
  const { called: recorded, request, settle, find } = erasing(bed);
  const { hold } = await matterOver(holdsOver(bed));
  const person = '+494012345678';
  await hold({ callSid: (await recorded(person, COMPANY)).callSid });
  const callSid = await called(person);
  const { erasure } = await request({ e164: person });
  await settle();
  expect([await fromOf(callSid), await isAtTwilio(callSid)]).toEqual([person, true]);
  expect((await find(erasure.erasureId)).erasure).toMatchObject({
    ...{ state: 'waiting', legs: 2, legsKept: 2 },
    ...{ legsKeptUntil: at(10 * DAY), legsKeptFor: 'the law on advice' },
  });
  bed.test.now = at(10 * DAY - 1);
  await settle();
  expect([await fromOf(callSid), await isAtTwilio(callSid)]).toEqual([person, true]);
  bed.test.now = at(10 * DAY + 11);
  await settle();
  expect([await fromOf(callSid), await isAtTwilio(callSid)]).toEqual([pseudonyms.of(person), false]);
  expect((await find(erasure.erasureId)).erasure).toMatchObject({
    ...{ state: 'waiting', legsKept: 1, legsKeptUntil: undefined },
  });
});

// A recording that Twilio reported as absent counted as one that no law is about, and its call was no call without recordings.
it('and so do those of a call whose recording came to nothing', async () => {
  const { request, settle } = erasing(bed);
  const person = '+494087654321';
  const callSid = await called(person);
  await bed.test.take(recordingCompleted(newSid('RE'), { callSid }, { status: 'absent' }));
  await request({ e164: person });
  await settle();
  expect([await fromOf(callSid), await isAtTwilio(callSid)]).toEqual([person, true]);
  bed.test.now = at(10 * DAY + 11);
  await settle();
  expect(await fromOf(callSid)).toBe(pseudonyms.of(person));
});
