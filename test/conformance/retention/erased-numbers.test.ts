import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deletions } from './deletions.ts';
import { erasing } from './erasing.ts';
import { ACCOUNT, at, legReported, newSid, recordingCompleted } from './facts.ts';
import { holdsOver, matterOver } from './holding.ts';

const COMPANY = '+14155550100';
let lastNumber = 2_790_000;
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

/** An inbound call that begins now. */
async function callsNow(from: string) {
  const [callSid, sid] = [newSid('CA'), newSid('RE')];
  const now = bed.test.now.toISOString();
  const events = [
    legReported(callSid, { from, to: COMPANY, direction: 'inbound', occurredAt: now }),
    recordingCompleted(sid, { callSid }, { startedAt: now }),
  ].map((event) => ({ ...event, time: now }));
  return { callSid, sid, outcomes: await bed.test.take(...events) };
}

// A hold by number lost it to an erasure of the same person, and covered none of the later calls.
describe('a hold on a number that is erased', () => {
  it('covers the calls that come after the erasure, which says that it keeps the number until its release', async () => {
    const { request, settle, find } = erasing(bed);
    const { hold, release } = await matterOver(holdsOver(bed));
    const person = somebody();
    const { holdId } = await hold({ number: person });
    const { erasure } = await request({ e164: person });
    await settle();
    const { sid } = await callsNow(person);
    expect((await bed.find(sid))?.holds).toMatchObject([{ holdId }]);
    expect((await find(erasure.erasureId)).residues).toMatchObject([
      { residue: 'holds', what: expect.stringContaining(holdId) },
    ]);
    await release(holdId);
    const { rows } = await bed.test.pool.query('select number from ledger.holds where hold_id = $1', [holdId]);
    expect(rows).toEqual([{ number: null }]);
  });

  it('covers them also where an earlier version has put the pseudonym in the place of its number', async () => {
    const { hold } = await matterOver(holdsOver(bed));
    const person = somebody();
    const { holdId } = await hold({ number: person });
    await bed.test.pool.query('update ledger.holds set number = party where account_sid = $1 and hold_id = $2', [
      ACCOUNT,
      holdId,
    ]);
    bed.test.now = at(90);
    const { sid } = await callsNow(person);
    expect((await bed.find(sid))?.holds).toMatchObject([{ holdId }]);
  });
});
