import { describe, expect, it } from 'vitest';
import { answer, callFacts, entryOf, minute, policy } from '../testing/given.ts';
import type { RecordingEntry } from './custody.ts';
import { decide } from './decide.ts';
import { startDeletion } from './deletion.ts';
import { evolveDeletion } from './evolve-deletion.ts';
import { planDeletion } from './plan-deletion.ts';

const decided = (entry: RecordingEntry): RecordingEntry => ({ ...entry, decision: decide(entry, policy, minute(1)) });
const cleared = decided(entryOf(callFacts([answer('granted')])));
const refused = decided(entryOf(callFacts([answer('refused')])));
const waiting = decided(entryOf(callFacts()));
const archive = { store: 'file:///recordings', prefix: 'a/', storedAt: minute(10) };
const failure = { stage: 'media', reason: 'gone', attempts: 12, failedAt: minute(20) };
const done = evolveDeletion(
  startDeletion(undefined, 'refusal', minute(30)),
  { objects: { deleted: [], confirmedAt: minute(31) }, source: { outcome: 'deleted', confirmedAt: minute(31) } },
  minute(32),
);

describe('the plan to delete', () => {
  it('gives a refusal its day, and an archived recording its month', () => {
    expect(planDeletion(refused, policy)).toEqual({ cause: 'refusal', deleteAfter: minute(1 + 1440) });
    expect(planDeletion({ ...cleared, archive }, policy)).toEqual({
      cause: 'schedule',
      deleteAfter: minute(10 + 30 * 1440),
    });
  });

  it('has nothing to say of what is unknown', () => {
    expect(planDeletion(waiting, policy)).toBeUndefined();
  });

  it('gives what was cleared and never reported archived its month from the clearance', () => {
    expect(planDeletion({ ...cleared, archiveFailure: failure }, policy)).toEqual({
      cause: 'schedule',
      deleteAfter: minute(1 + 30 * 1440),
    });
  });

  it('puts an operator’s date in place of the schedule, sooner or later', () => {
    for (const deleteAfterOverride of [minute(15), minute(99_999)]) {
      const plan = planDeletion({ ...cleared, archive, deleteAfterOverride }, policy);
      expect(plan).toEqual({ cause: 'operator', deleteAfter: deleteAfterOverride });
    }
  });

  it('lets an operator bring a refusal forward but never put it off', () => {
    expect(planDeletion({ ...refused, deleteAfterOverride: minute(5) }, policy)?.deleteAfter).toEqual(minute(5));
    expect(planDeletion({ ...refused, deleteAfterOverride: minute(9_999) }, policy)?.deleteAfter).toEqual(minute(1441));
  });

  it('begins again for media that reached us after the last listing that showed nothing', () => {
    expect(planDeletion({ ...refused, deletion: done, archive }, policy)).toBeUndefined();
    const late = { ...refused, deletion: done, archive, lateMediaAt: minute(31) };
    expect(planDeletion(late, policy)).toEqual({ cause: 'refusal', deleteAfter: minute(32) });
  });
});
