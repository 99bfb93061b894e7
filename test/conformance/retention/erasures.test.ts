import { filingWithdrawals } from '@onrecord/retention/clearance/file-withdrawals';
import { saveProgress } from '@onrecord/retention/ledger/erasures/progress';
import { takeDueErasure } from '@onrecord/retention/ledger/erasures/rows';
import { loadPlannable } from '@onrecord/retention/ledger/load-plannable';
import { inTenant } from '@onrecord/retention/ledger/tenancy';
import { alertRaised, conferenceParticipantJoined, createEvent } from '@onrecord/shared/events';
import { spellingsOf } from '@onrecord/shared/telephony/number-spellings';
import { stopIfWithdrawn, watchForWithdrawal } from '@onrecord/transcriber/withdrawals';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { describeWith } from '../../servers/available.ts';
import { Deletions } from './deletions.ts';
import { tablesWith } from './dump.ts';
import { callWith, DAY_MS, erasing, weeklyLog } from './erasing.ts';
import { ACCOUNT, at, consentOf, legReported, newSid, recordingCompleted, transcribed } from './facts.ts';
import { holdsOver, matterOver } from './holding.ts';
import { pseudonyms } from './ledger.ts';

const COMPANY = '+14155550100';
let lastNumber = 2_670_000;
/** A number that no other test has. */
const somebody = () => {
  lastNumber += 1;
  return `+1415${lastNumber}`;
};
/** As a dump could show it. */
const inAnySpelling = (e164: string) => {
  const national = e164.slice(2);
  return [
    ...spellingsOf(e164),
    `(${national.slice(0, 3)}) ${national.slice(3, 6)}-${national.slice(6)}`,
    `%2B1${national}`,
  ];
};

describeWith('postgres', () => {
  let bed: Deletions;
  beforeAll(async () => {
    bed = await Deletions.start();
  });
  afterAll(() => bed.close());

  const events = (type: string) => bed.test.published().then((all) => all.filter((event) => event.type.includes(type)));

  describe('an erasure of a number', () => {
    it('deletes the recordings of its calls, and leaves the number nowhere in the database', async () => {
      const { called, request, settle, find, items } = erasing(bed);
      const person = somebody();
      const [inbound, outbound] = [
        await called(person, COMPANY),
        await called(COMPANY, `sip:${person}@pbx.example.com`),
      ];
      const other = await called(somebody(), COMPANY);
      const digits = person.slice(1);
      const decided = await bed.given(undefined);
      await bed.test.take(legReported(decided.callSid, { from: person, to: COMPANY }));
      await bed.test.take(consentOf({ callSid: decided.callSid }, 'granted', { party: digits }));
      await bed.test.take(
        consentOf({ callSid: inbound.callSid }, 'granted', {
          party: digits,
          reference: `api:${person}`,
          method: 'operator',
        }),
        createEvent(
          conferenceParticipantJoined,
          {
            accountSid: ACCOUNT,
            conferenceSid: newSid('CF'),
            callSid: inbound.callSid,
            label: `Ms ${person}`,
            joinedAt: at(-1).toISOString(),
            parameters: {},
          },
          { time: at(-1).toISOString() },
        ),
        ...[inbound.callSid, undefined].map((callSid) =>
          createEvent(
            alertRaised,
            {
              accountSid: ACCOUNT,
              alertSid: newSid('NO'),
              ...(callSid && { callSid }),
              level: 'error',
              errorCode: '13224',
              text: `Dial: ${person} is no number`,
              details: { url: `https://x.example/?To=%2B${digits}` },
              raisedAt: at(0).toISOString(),
            },
            { time: at(0).toISOString() },
          ),
        ),
      );
      expect(Object.keys(await tablesWith(bed.test.pool, inAnySpelling(person)))).toEqual(
        expect.arrayContaining([
          'ledger.alerts',
          'ledger.calls',
          'ledger.consents',
          'ledger.decisions',
          'ledger.participants',
        ]),
      );
      await bed.test.published();

      const { erasure, isNew } = await request({ e164: person });
      expect({ isNew, state: erasure.state, party: erasure.party }).toEqual({
        isNew: true,
        state: 'received',
        party: pseudonyms.of(person),
      });
      await settle();

      expect(await tablesWith(bed.test.pool, inAnySpelling(person))).toEqual({});
      for (const { sid, prefix } of [inbound, outbound]) {
        expect(await bed.objectsUnder(prefix)).toBe(0);
        expect(bed.statusAtTwilio(sid)).toBe('deleted');
      }
      expect(await bed.objectsUnder(other.prefix)).toBe(2);
      const { results, residues, erasure: done } = await find(erasure.erasureId);
      expect([done.state, results]).toEqual(['completed', { erased: 3 }]);
      expect(await items(erasure.erasureId)).toHaveLength(3);
      expect(residues.map(({ residue }) => residue)).toEqual([
        'dead-letters',
        'events',
        'texts',
        'twilio-calls',
        'twilio-metadata',
      ]);
      const told = await bed.test.published();
      expect(told.filter(({ type }) => type.includes('erasure')).map(({ type, subject }) => [type, subject])).toEqual([
        ['onrecord.erasure.requested.v1', pseudonyms.of(person)],
        ['onrecord.erasure.completed.v1', pseudonyms.of(person)],
      ]);
      expect(JSON.stringify(told)).not.toContain(digits);
    });

    it('reaches calls that were recorded before numbers were noted', async () => {
      const { called, request, settle, find } = erasing(bed);
      const person = somebody();
      const call = await called(person, COMPANY);
      await bed.test.pool.query('delete from ledger.call_numbers where call_sid = $1', [call.callSid]);
      await bed.test.pool.query('update ledger.calls set numbers_noted = false where call_sid = $1', [call.callSid]);
      const { erasure } = await request({ e164: person });
      await settle();
      expect((await find(erasure.erasureId)).results).toEqual({ erased: 1 });
    });

    it('waits after an upgrade until every older call is known by its numbers', async () => {
      const { called, request, turn, settle, find } = erasing(bed);
      const person = somebody();
      const call = await called(person, COMPANY);
      // More than one turn notes, and first in their order.
      await bed.test.pool.query(
        `insert into ledger.calls (account_sid, call_sid, status, status_at)
         select $1, 'CA' || lpad(count::text, 32, '0'), 'completed', now() from generate_series(1, 1200) count`,
        [ACCOUNT],
      );
      await bed.test.pool.query('delete from ledger.call_numbers where call_sid = $1', [call.callSid]);
      await bed.test.pool.query('update ledger.calls set numbers_noted = false where call_sid = $1', [call.callSid]);
      const { erasure } = await request({ e164: person });
      await turn();
      await turn();
      expect((await find(erasure.erasureId)).erasure.state).toBe('received');
      await settle();
      const { erasure: done, results } = await find(erasure.erasureId);
      expect([done.state, done.legs, results]).toEqual(['completed', 1, { erased: 1 }]);
    });

    it('answers for a number that nobody knows as for any other, and covers nothing', async () => {
      const { request, settle, find } = erasing(bed);
      const { erasure, isNew } = await request({ e164: somebody() });
      expect([isNew, erasure.state]).toEqual([true, 'received']);
      await settle();
      const { erasure: done, results, residues } = await find(erasure.erasureId);
      expect([done.state, results, residues]).toEqual(['completed', {}, []]);
    });

    it('is joined by another request while it is not completed, and followed by one after that', async () => {
      const { called, request, settle, find } = erasing(bed);
      const person = somebody();
      await called(person, COMPANY);
      const first = await request({ e164: person });
      const second = await request({ e164: person });
      expect([second.isNew, second.erasure.erasureId]).toEqual([false, first.erasure.erasureId]);
      await settle();
      const third = await request({ e164: person });
      expect(third.isNew).toBe(true);
      await settle();
      expect((await find(third.erasure.erasureId)).erasure.state).toBe('completed');
    });
  });

  describe('what comes late', () => {
    it('of a call of before the request is written with the pseudonym, and its recording goes', async () => {
      const { request, settle, items } = erasing(bed);
      const person = somebody();
      const late = callWith(person, COMPANY);
      bed.test.now = at(1);
      const { erasure } = await request({ e164: person });
      await settle();
      await bed.test.take(...late.events);
      expect(await tablesWith(bed.test.pool, inAnySpelling(person))).toEqual({});
      expect(await items(erasure.erasureId)).toMatchObject([{ recordingSid: late.sid, result: 'due' }]);
      expect(await bed.find(late.sid)).toMatchObject({ from: pseudonyms.of(person), deletion: { cause: 'erasure' } });
    });

    it('shows that a leg belongs to a call of before, also when that leg was written first', async () => {
      const { request } = erasing(bed);
      const person = somebody();
      bed.test.now = at(1);
      await request({ e164: person });
      const [parent, child] = [newSid('CA'), newSid('CA')];
      const since = { from: person, to: COMPANY, occurredAt: at(3).toISOString() };
      await bed.test.take(createdAt(3, legReported(child, { ...since, parentCallSid: parent, status: 'ringing' })));
      expect(await tablesWith(bed.test.pool, [person])).toHaveProperty('ledger.calls');
      await bed.test.take(legReported(parent, { from: person, to: COMPANY, status: 'in-progress' }));
      expect(await tablesWith(bed.test.pool, [person])).toEqual({});
    });

    it('of a call that began after the request is not covered', async () => {
      const { request, items } = erasing(bed);
      const person = somebody();
      bed.test.now = at(1);
      const { erasure } = await request({ e164: person });
      const [callSid, sid] = [newSid('CA'), newSid('RE')];
      await bed.test.take(
        createdAt(5, legReported(callSid, { from: person, to: COMPANY, occurredAt: at(5).toISOString() })),
        createdAt(5, recordingCompleted(sid, { callSid }, { startedAt: at(4).toISOString() })),
      );
      expect((await bed.find(sid))?.from).toBe(person);
      expect(await items(erasure.erasureId)).toEqual([]);
    });

    it('is never written with the number, however many facts race with the request', async () => {
      const { request, settle, find } = erasing(bed);
      bed.test.now = at(1);
      const people = Array.from({ length: 5 }, somebody);
      const ids = await Promise.all(
        people.map(async (person) => {
          const calls = Array.from({ length: 8 }, () => callWith(person, COMPANY));
          const take = (some: typeof calls) => Promise.all(some.map((call) => bed.test.take(...call.events)));
          const [, { erasure }] = await Promise.all([
            take(calls.slice(0, 4)),
            request({ e164: person }),
            take(calls.slice(4)),
          ]);
          return erasure.erasureId;
        }),
      );
      await settle();
      expect(await tablesWith(bed.test.pool, people.flatMap(inAnySpelling))).toEqual({});
      for (const id of ids) {
        const { erased = 0, deleting = 0 } = (await find(id)).results;
        expect(erased + deleting).toBe(8);
      }
    });
  });

  // Between the request and the end of the deletion, and all of the time of a hold, audio still went to a provider.
  describe('a transcription that is queued or under way', () => {
    const clearance = (sid: string, decision: number) =>
      ({ accountSid: ACCOUNT, recordingSid: sid, decision }) as Parameters<typeof stopIfWithdrawn>[0];
    /** As the relay publishes what is in the outbox. */
    const publish = async () => {
      const events = await bed.test.published();
      await filingWithdrawals({ publish: async () => undefined }, bed.store).publish(events);
      return events;
    };

    it.each(['held', 'free'])(
      'of a recording that is %s is called off by the request itself, as by a withdrawal',
      async (kept) => {
        const { called, request, settle } = erasing(bed);
        const person = somebody();
        const { sid } = await called(person, COMPANY);
        if (kept === 'held') await (await matterOver(holdsOver(bed))).hold({ recordingSid: sid });
        await publish();
        await stopIfWithdrawn(clearance(sid, 1), bed.store);
        using watch = watchForWithdrawal(clearance(sid, 1), bed.store, 10);
        await request({ e164: person });
        const [told] = (await publish()).filter(({ subject }) => subject === sid);
        expect(told).toMatchObject({
          type: 'onrecord.recording.cleared.v1',
          data: { decision: 2, purposes: ['store'], rule: 'erasure-requested', supersedesClearance: true },
        });
        // What the law counts from the clearance goes on counting, by the row and by what plans are made of.
        const { rows } = await bed.test.pool.query(
          'select decided_at, cleared_at from ledger.decisions where recording_sid = $1 order by decision',
          [sid],
        );
        expect(rows).toMatchObject([{ cleared_at: null }, { cleared_at: rows[0].decided_at }]);
        const key = { accountSid: ACCOUNT, after: '', limit: 1_000 };
        const plannable = await inTenant(bed.test.application, ACCOUNT, (client) => loadPlannable(client, key));
        const planned = plannable.find(({ entry }) => entry.facts.recording.recordingSid === sid);
        expect(planned?.entry.decision?.clearedAt).toEqual(rows[0].decided_at);
        await expect(stopIfWithdrawn(clearance(sid, 1), bed.store)).rejects.toThrow(/decision 1 holds no more/);
        await vi.waitFor(() => expect(watch.signal.aborted).toBe(true));
        await settle();
        await bed.test.published();
      },
    );

    // With the event log away, the deletion wrote down the erasure's own decision alone, and was completed while audio went on to a provider.
    it('is told of its end before the deletion, also where nothing was published since the request', async () => {
      const { called, request, sweepOnce, settle } = erasing(bed);
      const person = somebody();
      const { sid } = await called(person, COMPANY);
      await stopIfWithdrawn(clearance(sid, 1), bed.store);
      await request({ e164: person });
      await sweepOnce();
      expect(await bed.find(sid)).toMatchObject({ state: 'deleted' });
      for (const number of [1, 2])
        await expect(stopIfWithdrawn(clearance(sid, number), bed.store)).rejects.toThrow(/holds no more/);
      await settle();
      await bed.test.published();
    });

    it('of more calls than a request waits for is called off by the sweep, and a transcript that is there is left to the deletion', async () => {
      const { called, request, sweepOnce } = erasing(bed);
      const person = somebody();
      const { sid, callSid, prefix } = await called(person, COMPANY);
      await (await matterOver(holdsOver(bed))).hold({ recordingSid: sid });
      const done = await called(person, COMPANY);
      await (await matterOver(holdsOver(bed))).hold({ recordingSid: done.sid });
      await bed.test.take(transcribed(done.sid, done.callSid, done.prefix));
      // As if the request had not come that far.
      await request({ e164: person });
      await bed.test.pool.query('update ledger.recordings set decision = 1 where recording_sid = $1', [sid]);
      await bed.test.pool.query('delete from ledger.decisions where recording_sid = $1 and decision = 2', [sid]);
      await sweepOnce();
      const decisions = async (of: string) => (await bed.find(of))?.decision?.number;
      expect([await decisions(sid), await decisions(done.sid)]).toEqual([2, 1]);
      // What is learned of it later clears it no more.
      await bed.test.take(consentOf({ callSid }, 'granted', { reference: 'again', recordedAt: at(3).toISOString() }));
      await bed.test.take(bed.archivedHere(sid, callSid, prefix));
      expect(await decisions(sid)).toBe(2);
    });
  });

  describe('of two erasures over one recording', () => {
    it('each ends with its deletion and not before, and says so', async () => {
      const { called, request, turn, settle, find } = erasing(bed);
      const [caller, callee] = [somebody(), somebody()];
      await called(caller, callee);
      const ids = [await request({ e164: caller }), await request({ e164: callee })].map(
        ({ erasure }) => erasure.erasureId,
      );
      for (let count = 0; count < 4; count += 1) await turn();
      for (const id of ids) expect((await find(id)).erasure.completedAt).toBeUndefined();
      await bed.test.published();
      await settle();
      for (const id of ids) {
        const { erasure, results } = await find(id);
        expect([erasure.state, results]).toEqual(['completed', { erased: 1 }]);
      }
      const completed = await events('erasure.completed');
      expect(completed.map(({ data }) => (data as { recordingsDeleted: number }).recordingsDeleted)).toEqual([1, 1]);
    });

    it('each waits for a hold, and ends by itself after its release', async () => {
      const { called, request, settle, find } = erasing(bed);
      const [caller, callee] = [somebody(), somebody()];
      const { callSid } = await called(caller, callee);
      const { hold, release } = await matterOver(holdsOver(bed));
      const placed = await hold({ callSid });
      const ids = [await request({ e164: caller }), await request({ e164: callee })].map(
        ({ erasure }) => erasure.erasureId,
      );
      await settle();
      for (const id of ids) {
        const { erasure, results } = await find(id);
        expect([erasure.state, results]).toEqual(['waiting', { held: 1 }]);
      }
      // It was noticed up to ten minutes late.
      await release(placed.holdId);
      await settle();
      await settle();
      for (const id of ids) expect((await find(id)).erasure.state).toBe('completed');
      expect(await tablesWith(bed.test.pool, [caller, callee].flatMap(inAnySpelling))).toEqual({});
      // It works off what the races before it left, at Twilio as well.
    }, 120_000);
  });

  it('waits without spinning while numbers stay for a later recording of the same call, which it does not cover', async () => {
    const { request, turn, settle, find } = erasing(bed);
    const person = somebody();
    const early = callWith(person, COMPANY, bed.givenCall());
    bed.test.now = at(1);
    await bed.test.take(legReported(early.callSid, { from: person, to: COMPANY, status: 'in-progress' }));
    const later = newSid('RE');
    const { erasure } = await request({ e164: person });
    await bed.test.take(
      createdAt(5, recordingCompleted(later, { callSid: early.callSid }, { startedAt: at(4).toISOString() })),
    );
    const { hold, release } = await matterOver(holdsOver(bed));
    const placed = await hold({ recordingSid: later });
    await settle();
    expect((await find(erasure.erasureId)).erasure).toMatchObject({ state: 'waiting', legsKept: 1 });
    await turn();
    expect((await find(erasure.erasureId)).erasure.state).toBe('waiting');
    await release(placed.holdId);
    await settle();
    expect((await find(erasure.erasureId)).erasure).toMatchObject({ state: 'completed', legsKept: 0 });
  });

  it('that is being looked at while a hold is released is looked at once more', async () => {
    const { called, request, settle } = erasing(bed);
    const person = somebody();
    const { sid } = await called(person, COMPANY);
    const { hold, release } = await matterOver(holdsOver(bed));
    const placed = await hold({ recordingSid: sid });
    const { erasure } = await request({ e164: person });
    await settle();
    const pool = bed.test.application;
    bed.test.now = new Date(bed.test.now.getTime() + 600_000);
    const take = () =>
      inTenant(pool, ACCOUNT, (client) =>
        takeDueErasure(client, { accounts: [ACCOUNT], now: bed.test.now, leaseMs: 60_000 }),
      );
    let taken = await take();
    while (taken !== undefined && taken.erasureId !== erasure.erasureId) taken = await take();
    await release(placed.holdId);
    // What the worker found before.
    const nextLookAt = new Date(bed.test.now.getTime() + 600_000);
    await inTenant(pool, ACCOUNT, (client) => saveProgress(client, taken ?? erasure, { state: 'waiting', nextLookAt }));
    await settle();
    expect((await bed.find(sid))?.state).toBe('deleted');
  });

  it('erases a call, with the numbers of everybody who was on it', async () => {
    const { called, request, settle, find } = erasing(bed);
    const [caller, called_] = [somebody(), somebody()];
    const [one, another] = [await called(caller, called_), await called(caller, COMPANY)];
    const { erasure } = await request({ callSid: one.callSid });
    await settle();
    expect((await find(erasure.erasureId)).results).toEqual({ erased: 1 });
    expect(await tablesWith(bed.test.pool, inAnySpelling(called_))).toEqual({});
    expect((await bed.find(another.sid))?.from).toBe(caller);
  });

  it('looks again at a residue when its end has come, and says when it is gone', async () => {
    const { log, eventLog } = weeklyLog();
    const { called, request, settle, sweepOnce, find } = erasing(bed, eventLog);
    const person = somebody();
    await called(person, COMPANY);
    const { erasure } = await request({ e164: person });
    await settle();
    const residue = async (name: string) =>
      (await find(erasure.erasureId)).residues.find((each) => each.residue === name);
    expect((await residue('events'))?.checkedAt).toBeUndefined();
    bed.test.now = new Date(bed.test.now.getTime() + 8 * DAY_MS);
    await sweepOnce();
    expect(await residue('events')).toMatchObject({ finding: expect.stringMatching(/still has events/) });
    expect((await residue('events'))?.goneAt).toBeUndefined();
    log.isHeld = false;
    bed.test.now = new Date(bed.test.now.getTime() + 2 * DAY_MS);
    await sweepOnce();
    expect(await residue('events')).toMatchObject({ goneAt: bed.test.now });
    bed.test.now = new Date(bed.test.now.getTime() + 40 * DAY_MS);
    await sweepOnce();
    expect(await residue('twilio-metadata')).toMatchObject({ finding: expect.stringMatching(/^Of 1 recording/) });
    expect(await events('erasure')).not.toHaveLength(0);
    bed.test.now = at(1);
  });

  // The later erasure took the names of the earlier one away: its residues were "gone" at their date, without a look.
  it('looks for what an erasure left although the same person was erased again meanwhile', async () => {
    const { log, eventLog } = weeklyLog();
    const { called, request, settle, sweepOnce, find } = erasing(bed, eventLog);
    const person = somebody();
    await called(person, COMPANY);
    const { erasure } = await request({ e164: person });
    await settle();
    bed.test.now = new Date(bed.test.now.getTime() + 2 * DAY_MS);
    const again = await request({ e164: person });
    expect(again.isNew).toBe(true);
    await settle();
    const topics = async () =>
      (await find(erasure.erasureId)).residues.filter(({ residue }) => ['dead-letters', 'events'].includes(residue));
    bed.test.now = new Date(bed.test.now.getTime() + 6 * DAY_MS);
    await sweepOnce();
    const held = { goneAt: undefined, finding: expect.stringMatching(/still has events/) };
    expect(await topics()).toMatchObject([held, held]);
    log.isHeld = false;
    bed.test.now = new Date(bed.test.now.getTime() + 2 * DAY_MS);
    await sweepOnce();
    expect(await topics()).toMatchObject([{ goneAt: bed.test.now }, { goneAt: bed.test.now }]);
    bed.test.now = at(1);
  });

  // The second erasure took the legs of the first one: that was completed with no leg and no residue at all.
  it('goes through all legs of a call for each of two erasures that name different legs of it, and names what is left for each', async () => {
    const { called, request, settle, find } = erasing(bed);
    const { callSid } = await called(somebody(), COMPANY);
    const child = bed.givenCall();
    await bed.test.take(legReported(child, { parentCallSid: callSid, direction: 'outbound-dial' }));
    bed.test.now = at(60);
    const ids = [await request({ callSid }), await request({ callSid: child })].map(({ erasure }) => erasure.erasureId);
    await settle();
    for (const id of ids) {
      const { erasure, results, residues } = await find(id);
      expect([erasure.state, erasure.legs, results]).toEqual(['completed', 2, { erased: 1 }]);
      expect(residues.map(({ residue }) => residue)).toEqual(
        expect.arrayContaining(['dead-letters', 'events', 'twilio-calls']),
      );
    }
    bed.test.now = at(1);
  });
});

/** As reported that many minutes after the start. */
const createdAt = <Event extends { time: string }>(minutes: number, event: Event): Event => ({
  ...event,
  time: at(minutes).toISOString(),
});
