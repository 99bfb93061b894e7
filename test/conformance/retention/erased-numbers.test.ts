import { noteHeldNumber } from '@onrecord/retention/ledger/erasures/held-number';
import { replaceDueNumbers } from '@onrecord/retention/ledger/replace-due-numbers';
import { inTenant } from '@onrecord/retention/ledger/tenancy';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Deletions } from './deletions.ts';
import { erasing } from './erasing.ts';
import { ACCOUNT, at, consentOf, joined, legReported, newSid, recordingCompleted } from './facts.ts';
import { holdsOver, matterOver } from './holding.ts';
import { pseudonyms } from './ledger.ts';

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

  // A completed erasure went on naming holds that had been released: nobody looked at that residue again.
  it('is no residue of the erasure any more once the last one is released', async () => {
    const { request, settle, find } = erasing(bed);
    const { hold, release } = await matterOver(holdsOver(bed));
    const person = somebody();
    const [first, second] = [await hold({ number: person }), await hold({ number: person })];
    const { erasure } = await request({ e164: person });
    await settle();
    const heldNumber = async () => (await find(erasure.erasureId)).residues.find(({ residue }) => residue === 'holds');
    await release(first.holdId);
    // It went on naming both until the second one went.
    const what = `The number itself in ${second.holdId}, which hold what it is on`;
    expect(await heldNumber()).toMatchObject({ goneAt: undefined, what });
    await release(second.holdId);
    expect(await heldNumber()).toMatchObject({
      goneAt: expect.any(Date),
      finding: expect.stringContaining('released'),
    });
    await settle();
    expect((await heldNumber())?.goneAt).toEqual(expect.any(Date));
  });

  // What an earlier version named was never looked at: after an upgrade it stayed "not known" for ever, though no hold was left.
  it('is looked at each day, and is no residue where a release did not tell', async () => {
    const { request, settle, find } = erasing(bed);
    const { hold, release } = await matterOver(holdsOver(bed));
    const person = somebody();
    const [first, second] = [await hold({ number: person }), await hold({ number: person })];
    const { erasure } = await request({ e164: person });
    await settle();
    const heldNumber = async () => (await find(erasure.erasureId)).residues.find(({ residue }) => residue === 'holds');
    await release(first.holdId);
    const both = 'The number itself in two holds';
    const asBefore = () =>
      bed.test.pool.query(
        `update ledger.erasure_residues set what = $2, gone_at = null, checked_at = null, finding = null
         where erasure_id = $1 and residue = 'holds'`,
        [erasure.erasureId, both],
      );
    await asBefore();
    await settle();
    expect(await heldNumber()).toMatchObject({ goneAt: undefined, finding: `It is kept by ${second.holdId}.` });
    await release(second.holdId);
    await asBefore();
    await settle();
    expect(await heldNumber()).toMatchObject({ goneAt: expect.any(Date), what: both });
  });

  // The holds were read in one transaction and named in the next: what was released between stayed named.
  it('is not named by an erasure that its release overtakes', async () => {
    const { request, settle, find } = erasing(bed);
    const { hold, release } = await matterOver(holdsOver(bed));
    const person = somebody();
    const { holdId } = await hold({ number: person });
    const { erasure } = await request({ e164: person });
    let releasing: ReturnType<typeof release> | undefined;
    await inTenant(bed.test.application, ACCOUNT, async (client) => {
      await noteHeldNumber(client, erasure, bed.test.now);
      releasing = release(holdId);
      const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      await vi.waitFor(async () => expect((await bed.test.pool.query(waiting)).rowCount).toBe(1), 60_000);
    });
    await releasing;
    const heldNumber = async () => (await find(erasure.erasureId)).residues.find(({ residue }) => residue === 'holds');
    expect(await heldNumber()).toMatchObject({ goneAt: expect.any(Date) });
    await settle();
    expect(await heldNumber()).toMatchObject({ goneAt: expect.any(Date) });
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

/** Placed, and gone through by nobody yet. */
const placeOnly = async (selector: Parameters<Awaited<ReturnType<typeof matterOver>>['hold']>[0]) => {
  const { hold, release } = await matterOver(holdsOver(bed, { budgetMs: 0 }));
  return { ...(await hold(selector)), release };
};
const fromOf = async (callSid: string) => {
  const { rows } = await bed.test.pool.query('select from_number from ledger.calls where call_sid = $1', [callSid]);
  return rows[0]?.from_number as string;
};
const dueNow = (...sids: string[]) =>
  bed.test.pool.query('update ledger.recordings set numbers_due_at = $1 where recording_sid = any($2)', [
    bed.test.now,
    sids,
  ]);
async function replaceDue(): Promise<{ due: number; failed: string[] }> {
  const failed: string[] = [];
  const onFailed = ({ recordingSid }: { recordingSid: string }) => void failed.push(recordingSid);
  const work = { accounts: [ACCOUNT], now: bed.test.now, limit: 20, pseudonyms, onFailed };
  return { due: await replaceDueNumbers(bed.test.application, work), failed };
}

// One row that could not be written kept the numbers of everybody in the ledger, at every turn.
it('a call whose numbers cannot be replaced is put aside and told of, tried again later, and keeps no other waiting', async () => {
  const people = [somebody(), somebody(), somebody()];
  const calls: Awaited<ReturnType<typeof callsNow>>[] = [];
  for (const person of people) calls.push(await callsNow(person));
  const [, bad] = calls;
  await bed.test.pool.query(
    `create function refuse_numbers() returns trigger language plpgsql as $$ begin raise 'a bad row'; end $$;
     create trigger refuse_numbers before update on ledger.calls for each row
     when (new.call_sid = '${bad?.callSid}') execute function refuse_numbers()`,
  );
  await dueNow(...calls.map(({ sid }) => sid));
  expect(await replaceDue()).toEqual({ due: 3, failed: [bad?.sid] });
  const numbers = () => Promise.all(calls.map(({ callSid }) => fromOf(callSid)));
  const standIns = people.map((person) => pseudonyms.of(person));
  expect(await numbers()).toEqual(standIns.with(1, people[1] ?? ''));
  expect((await replaceDue()).due).toBe(0);
  await bed.test.pool.query('drop trigger refuse_numbers on ledger.calls; drop function refuse_numbers');
  later(10);
  expect(await replaceDue()).toEqual({ due: 1, failed: [] });
  expect(await numbers()).toEqual(standIns);
});

// Each of these lost its numbers to the schedule or to an erasure while a hold covered it.
describe('the numbers of a call that is held', () => {
  it('stay from the commit of the hold on, and go when it is released', async () => {
    const person = somebody();
    const { callSid, sid } = await callsNow(person);
    await dueNow(sid);
    const { holdId, release } = await placeOnly({ number: person });
    await replaceDue();
    expect(await fromOf(callSid)).toBe(person);
    await release(holdId);
    await dueNow(sid);
    await replaceDue();
    expect(await fromOf(callSid)).toBe(pseudonyms.of(person));
  });

  it('stay while another recording of the same conference is held or still needs them', async () => {
    const [person, room] = [somebody(), newSid('CF')];
    const { callSid } = await callsNow(person);
    const [held, due] = [newSid('RE'), newSid('RE')];
    await bed.test.take(
      joined(room, callSid),
      ...[held, due].map((sid) => recordingCompleted(sid, { conferenceSid: room })),
    );
    const { holdId, release } = await placeOnly({ recordingSid: held });
    const everyOther =
      'update ledger.recordings set numbers_replaced_at = $1 where call_sid = $2 or recording_sid = $3';
    await bed.test.pool.query(everyOther, [bed.test.now, callSid, held]);
    await dueNow(due);
    await replaceDue();
    expect(await fromOf(callSid)).toBe(person);
    await release(holdId);
    await bed.test.pool.query('update ledger.recordings set numbers_replaced_at = null where recording_sid = $1', [
      held,
    ]);
    await dueNow(due);
    await replaceDue();
    expect(await fromOf(callSid)).toBe(person);
    await dueNow(held, due);
    await replaceDue();
    expect(await fromOf(callSid)).toBe(pseudonyms.of(person));
  });

  it('stay in an erasure of a call without recordings, which says that it keeps them', async () => {
    const { request, sweepOnce, find } = erasing(bed);
    const [person, callSid] = [somebody(), newSid('CA')];
    await bed.test.take(legReported(callSid, { from: person, to: COMPANY, direction: 'inbound' }));
    const { holdId, release } = await placeOnly({ callSid });
    const { erasure } = await request({ e164: person });
    await sweepOnce();
    expect(await fromOf(callSid)).toBe(person);
    expect((await find(erasure.erasureId)).erasure.legsKept).toBe(1);
    await release(holdId);
    await sweepOnce();
    expect(await fromOf(callSid)).toBe(pseudonyms.of(person));
  });
});
