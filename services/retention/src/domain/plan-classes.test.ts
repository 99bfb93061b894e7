import { describe, expect, it } from 'vitest';
import { answer, callFacts, entryOf, minute, policy } from '../testing/given.ts';
import { beginDeletion } from './begin-deletion.ts';
import type { RecordingEntry } from './custody.ts';
import { decide } from './decide.ts';
import { endOfParts, planClasses } from './plan-classes.ts';
import { planDeletion } from './plan-deletion.ts';
import type { RetentionPolicy } from './policy.ts';

const day = (count: number) => minute(count * 1_440);
const days = (count: number) => ({ ms: count * 86_400_000 });
const periods = { ...policy.periods, audio: days(90), transcript: days(730), providerResponse: days(30) };
const classed: RetentionPolicy = { ...policy, periods };
const cleared = entryOf(callFacts([answer('granted')]));
const archived: RecordingEntry = {
  ...cleared,
  decision: decide(cleared, policy, minute(1)),
  archive: { store: 'file:///recordings', prefix: 'a/', storedAt: day(0) },
  transcript: { storedAt: minute(5) },
};

describe('what goes of a recording before the whole', () => {
  it('is each class whose own period is shorter, and Twilio’s copy with the audio', () => {
    expect(planClasses(archived, classed)).toEqual([
      { dataClass: 'provider-response', dueAt: day(30) },
      { dataClass: 'audio', dueAt: day(90) },
      { dataClass: 'twilio-copy', dueAt: day(90) },
    ]);
  });

  it('is the audio long after the transcript, where that is the shorter one', () => {
    const other = { ...classed, periods: { ...periods, audio: days(730), transcript: days(90) } };
    expect(planClasses(archived, other).map(({ dataClass }) => dataClass)).toEqual(['provider-response', 'transcript']);
  });

  it('is Twilio’s copy alone, right after the archive or some days later', () => {
    const alone = (twilioDeletion: RetentionPolicy['twilioDeletion']) =>
      planClasses(archived, { ...policy, twilioDeletion });
    expect(alone('after-archive')).toEqual([{ dataClass: 'twilio-copy', dueAt: day(0) }]);
    expect(alone(days(7))).toEqual([{ dataClass: 'twilio-copy', dueAt: day(7) }]);
    expect(alone('with-audio')).toEqual([]);
  });

  it('is nothing where an operator or a refusal says when the whole goes', () => {
    expect(planClasses({ ...archived, deleteAfterOverride: day(900) }, classed)).toEqual([]);
    const refused = { ...cleared, decision: decide(entryOf(callFacts([answer('refused')])), policy, minute(1)) };
    expect(planClasses({ ...archived, decision: refused.decision }, classed)).toEqual([]);
  });

  it('is nothing a second time, but what was stored again since', () => {
    const begun = beginDeletion(archived, { cause: 'schedule', classes: ['provider-response'], now: day(30) });
    expect(planClasses(begun, classed).map(({ dataClass }) => dataClass)).toEqual(['audio', 'twilio-copy']);
    const [running] = begun.partDeletions ?? [];
    if (running === undefined) expect.fail('nothing was begun');
    const again = {
      ...begun,
      partDeletions: [{ ...running, completedAt: day(31) }],
      transcript: { storedAt: day(32) },
    };
    expect(planClasses(again, classed)[0]).toEqual({ dataClass: 'provider-response', dueAt: day(30) });
  });
});

it('an erasure begins at once with what no law asks for, whatever else says when it goes', () => {
  const minimums = [{ classes: ['transcript'] as const, period: days(400), source: 'Some Act § 1' }];
  const lawful = { ...policy, minimums };
  const erasure = { erasureId: 'e', requestedAt: day(5), isShared: false };
  const covered = { ...archived, erasure, deleteAfterOverride: day(900) };
  expect(planClasses(covered, lawful)).toEqual(
    ['audio', 'provider-response', 'twilio-copy'].map((dataClass) => ({ dataClass, dueAt: day(5) })),
  );
  expect(planDeletion(covered, lawful)).toMatchObject({ deleteAfter: day(400), cause: 'erasure' });
  expect(planClasses(covered, policy)).toEqual([]);
});

// A law that asked for one class kept all of them of a refused recording, Twilio's copy too.
it('a refusal takes what no law asks for when its delay is over, and the rest as the law’s time ends; nothing before', () => {
  const minimums = [{ classes: ['transcript'] as const, period: days(400), source: 'Some Act § 1' }];
  const decision = decide(entryOf(callFacts([answer('refused')])), policy, day(10));
  const refused = { ...archived, decision };
  const lawful = { ...policy, minimums, twilioDeletion: days(3) };
  const atItsDelay = ['audio', 'provider-response', 'twilio-copy'].map((dataClass) => ({ dataClass, dueAt: day(11) }));
  expect(planClasses(refused, lawful)).toEqual(atItsDelay);
  expect(planDeletion(refused, lawful)).toMatchObject({ deleteAfter: day(400), cause: 'refusal' });
  expect(planClasses({ ...refused, deleteAfterOverride: day(10) }, lawful)[0]?.dueAt).toEqual(day(10));
  const audio = [{ classes: ['audio'] as const, period: days(400), source: 'Some Act § 2' }];
  expect(planClasses(refused, { ...lawful, minimums: audio })).toEqual(
    ['transcript', 'provider-response', 'twilio-copy'].map((dataClass) => ({ dataClass, dueAt: day(11) })),
  );
  expect(planClasses(refused, { ...policy, minimums: audio }).map(({ dataClass }) => dataClass)).toEqual([
    'transcript',
    'provider-response',
  ]);
});

it('what a refusal has begun to take is not given back by a later agreement', () => {
  const decision = decide(entryOf(callFacts([answer('refused')])), policy, day(10));
  const again = callFacts([answer('refused'), answer('granted', { at: 15_000 })]);
  const refused = { ...archived, facts: again, decision };
  expect(decide(refused, policy, day(11))?.clearance.outcome).toBe('cleared');
  const begun = beginDeletion(refused, { cause: 'refusal', classes: ['audio', 'twilio-copy'], now: day(11) });
  expect(decide(begun, policy, day(11))).toBeUndefined();
});

it('each class ends by itself or with the whole, and not where something is kept for ever', () => {
  expect(endOfParts(archived, classed, day(1))).toEqual(
    new Map<string, Date | 'never'>([
      ['audio', day(90)],
      ['metadata', 'never'],
      ['transcript', day(730)],
      ['provider-response', day(30)],
      ['twilio-copy', day(90)],
      ['numbers', 'never'],
    ]),
  );
  const brief = { ...classed, periods: { ...periods, numbers: days(7) } };
  expect(endOfParts(archived, brief, day(1)).get('numbers')).toEqual(day(7));
  expect(endOfParts({ ...archived, numbersReplacedAt: day(8) }, brief, day(1)).has('numbers')).toBe(false);
  const kept = { ...classed, periods: { ...periods, transcript: 'forever' as const } };
  expect(endOfParts(archived, kept, day(1)).get('transcript')).toBe('never');
  expect(endOfParts(archived, kept, day(1)).get('audio')).toEqual(day(90));
});
