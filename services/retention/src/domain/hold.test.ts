import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answer, callFacts, entryOf, minute, policy } from '../testing/given.ts';
import type { RecordingEntry } from './custody.ts';
import { decide } from './decide.ts';
import { startDeletion } from './deletion.ts';
import { allowDeletion, endAttempt, HeldError, stillInFlight } from './held.ts';
import { approveRelease, covers, type Hold, type HoldSelector, type HoldSubject, requestRelease } from './hold.ts';
import { planClasses } from './plan-classes.ts';
import { planDeletion } from './plan-deletion.ts';
import { stateOf } from './state.ts';

const moment = fc.integer({ min: 0, max: 20 }).map(minute);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const name = fc.constantFrom('a', 'b', 'c');

const subjects: fc.Arbitrary<HoldSubject> = fc.record({
  recordingSid: name,
  legs: fc.array(name),
  numbers: fc.array(name),
  startedAt: maybe(moment),
  endedAt: maybe(moment),
});
const selectors: fc.Arbitrary<HoldSelector> = fc.record({
  recordingSid: maybe(name),
  callSid: maybe(name),
  number: maybe(name),
  wholeAccount: maybe(fc.boolean()),
  from: maybe(moment),
  until: maybe(moment),
});
const holdOf = (selector: HoldSelector, placedBy = 'person:a'): Hold => ({
  ...{ holdId: 'hld_1', matterId: 'mat_1', selector, placedBy, placedAt: minute(0) },
});

describe('what a hold covers', () => {
  it('fits every field that is set, and one that selects nothing covers nothing', () => {
    fc.assert(
      fc.property(selectors, subjects, (selector, subject) => {
        const { recordingSid, callSid, number, wholeAccount, from, until } = selector;
        const fits =
          (recordingSid === undefined || recordingSid === subject.recordingSid) &&
          (callSid === undefined || subject.legs.includes(callSid)) &&
          (number === undefined || subject.numbers.includes(number)) &&
          (from === undefined || subject.endedAt === undefined || subject.endedAt >= from) &&
          (until === undefined || subject.startedAt === undefined || subject.startedAt < until);
        const isSelective = [recordingSid, callSid, number, from, until].some((each) => each !== undefined);
        expect(covers(selector, subject)).toBe(fits && (isSelective || wholeAccount === true));
      }),
    );
  });

  it('is never more with one field more', () => {
    fc.assert(
      fc.property(selectors, selectors, subjects, (selector, more, subject) => {
        const given = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));
        const narrower = {
          ...given,
          ...Object.fromEntries(Object.entries(selector).filter(([, v]) => v !== undefined)),
        };
        if (covers({ wholeAccount: true, ...narrower }, subject)) {
          expect(covers({ ...selector, wholeAccount: true }, subject)).toBe(true);
        }
      }),
    );
  });

  // An erasure of the number found legs in spellings that the hold did not.
  it('is a number in any of its spellings, also once it is released', () => {
    const subject = { recordingSid: 'a', legs: [], numbers: ['national', 'of another'] };
    expect(covers({ number: '+1', party: 'whole', names: ['whole', 'national'] }, subject)).toBe(true);
    expect(covers({ party: 'whole', names: ['whole', 'national'] }, subject)).toBe(true);
    expect(covers({ number: '+1', party: 'whole', names: ['whole'] }, subject)).toBe(false);
    expect(covers({ recordingSid: 'b', party: 'whole', names: ['national'] }, subject)).toBe(false);
  });

  it('is what cannot be told apart, where there are more legs than were read', () => {
    const subject = { recordingSid: 'a', legs: [], numbers: [], isPartlyRead: true };
    expect(covers({ number: 'b' }, subject)).toBe(true);
    expect(covers({ callSid: 'b' }, subject)).toBe(true);
    expect(covers({ recordingSid: 'b' }, subject)).toBe(false);
  });
});

describe('holds that overlap', () => {
  const entries: fc.Arbitrary<RecordingEntry> = fc
    .record({
      outcome: fc.constantFrom('granted' as const, 'refused' as const),
      begun: fc.boolean(),
      override: maybe(moment),
    })
    .map(({ outcome, begun, override }) => {
      const entry = entryOf(callFacts([answer(outcome)]));
      const archive = { store: 'file:///recordings', prefix: 'a/', storedAt: minute(10) };
      const decided = { ...entry, decision: decide(entry, policy, minute(1)), archive, deleteAfterOverride: override };
      return begun ? { ...decided, deletion: startDeletion(undefined, 'refusal', minute(5)) } : decided;
    });
  const holds = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 });

  it('keep the recording until the last of them is released, in whatever order', () => {
    fc.assert(
      fc.property(entries, holds, fc.infiniteStream(fc.nat()), (free, ids, choices) => {
        const left = ids.map((holdId) => ({ holdId, matterId: 'mat_1' }));
        while (left.length > 0) {
          const held = { ...free, holds: left };
          expect(planDeletion(held, policy)).toBeUndefined();
          expect(planClasses(held, policy)).toEqual([]);
          expect(() => allowDeletion(held, { attempt: 'a', until: minute(9) }, minute(8))).toThrow(HeldError);
          expect(stateOf(held)).not.toBe('deleting');
          left.splice((choices.next().value ?? 0) % left.length, 1);
        }
        const released = { ...free, holds: left };
        expect(planDeletion(released, policy)).toEqual(planDeletion(free, policy));
        expect(stateOf(released)).toBe(stateOf(free));
      }),
    );
  });

  it('see each attempt that may be taking something away until it ends or its time is over', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.boolean(), moment)), moment, (steps, now) => {
        const open = new Map<string, Date>();
        let entry = entryOf(callFacts());
        for (const [attempt, begins, until] of steps) {
          if (begins) {
            entry = allowDeletion(entry, { attempt, until }, minute(0));
            for (const [other, end] of open) if (end <= minute(0)) open.delete(other);
            open.set(attempt, until);
          } else {
            entry = endAttempt(entry, attempt);
            open.delete(attempt);
          }
        }
        const expected = [...open].filter(([, until]) => until > now).map(([attempt]) => attempt);
        expect(
          stillInFlight(entry, now)
            .map(({ attempt }) => attempt)
            .toSorted(),
        ).toEqual(expected.toSorted());
      }),
    );
  });
});

describe('the release of a hold', () => {
  const by = fc.constantFrom('person:a', 'person:b', 'token:c');

  it('takes two people where that is asked for, whoever tries what in whatever order', () => {
    fc.assert(
      fc.property(by, fc.array(fc.tuple(fc.constantFrom('request', 'approve'), by)), (placedBy, steps) => {
        let hold = holdOf({ recordingSid: 'a' }, placedBy);
        for (const [step, who] of steps) {
          const at = minute(1);
          const taken =
            step === 'request' ? requestRelease(hold, { by: who, at }, true) : approveRelease(hold, { by: who, at });
          if (taken.outcome !== 'refused') hold = taken.hold;
        }
        if (hold.release === undefined) return;
        expect([hold.releaseRequest?.by, placedBy]).not.toContain(hold.release.by);
        expect(approveRelease(hold, { by: 'person:z', at: minute(2) })).toMatchObject({ outcome: 'refused' });
      }),
    );
  });

  it('is done at once where one person is enough', () => {
    const taken = requestRelease(
      holdOf({ wholeAccount: true }),
      { by: 'person:a', at: minute(1), reason: 'settled' },
      false,
    );
    expect(taken).toMatchObject({ outcome: 'released', hold: { release: { by: 'person:a' } } });
  });
});
