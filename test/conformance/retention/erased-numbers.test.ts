import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deletions } from './deletions.ts';
import { erasing } from './erasing.ts';
import { ACCOUNT, at, consentOf, legReported, newSid, recordingCompleted } from './facts.ts';
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

const byNumber = (number: string, outcome: 'granted' | 'refused' | 'withdrawn') =>
  consentOf({}, outcome, {
    ...{ number, party: 'customer', method: 'written', reference: `letter:${newSid('LE')}` },
    recordedAt: bed.test.now.toISOString(),
  });
const later = (minutes: number) => {
  bed.test.now = new Date(bed.test.now.getTime() + minutes * 60_000);
};

// Refusals by number lost the number to an erasure and were found no more: the next call was decided on as if nothing had been said.
describe('an answer by a number that is erased', () => {
  it('is still heard where it was a refusal, which the erasure names; an agreement is not', async () => {
    const { request, settle, find } = erasing(bed);
    const [refusing, agreeing] = [somebody(), somebody()];
    await bed.test.take(byNumber(refusing, 'refused'), byNumber(agreeing, 'granted'));
    later(1);
    expect((await callsNow(agreeing)).outcomes).toContain('cleared');
    const { erasure } = await request({ e164: refusing });
    await request({ e164: agreeing });
    await settle();
    later(1);
    expect((await callsNow(refusing)).outcomes).toContain('refused');
    expect((await callsNow(agreeing)).outcomes).not.toContain('cleared');
    expect((await find(erasure.erasureId)).residues.map(({ residue }) => residue)).toContain('refusals');
  });

  it('of before such answers had a person is found by the person that the sweeper gives it', async () => {
    const { sweepOnce, request, settle } = erasing(bed);
    const person = somebody();
    await bed.test.take(byNumber(person, 'refused'));
    await bed.test.pool.query('update ledger.consents set person = null where number = $1', [person]);
    await sweepOnce();
    await request({ e164: person });
    await settle();
    expect((await callsNow(person)).outcomes).toContain('refused');
  });
});
