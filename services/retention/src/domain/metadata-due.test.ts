import { describe, expect, it } from 'vitest';
import { answer, callFacts, entryOf, minute, policy, recording } from '../testing/given.ts';
import { compareFor } from './compare-policies.ts';
import type { RecordingEntry } from './custody.ts';
import { decide } from './decide.ts';
import { startDeletion } from './deletion.ts';
import type { HeldBy } from './hold.ts';
import { metadataDueAt, metadataEndsAt } from './metadata-due.ts';
import type { RetentionPolicy } from './policy.ts';

const day = (count: number) => minute(count * 1_440);
const days = (count: number) => ({ ms: count * 86_400_000 });
const keeping = (metadata: number, fields: Partial<RetentionPolicy> = {}): RetentionPolicy => ({
  ...policy,
  periods: { ...policy.periods, metadata: days(metadata) },
  ...fields,
});
const cleared = entryOf(callFacts([answer('granted')]));
const archived: RecordingEntry = {
  ...cleared,
  decision: decide(cleared, policy, minute(1)),
  archive: { store: 'file:///recordings', prefix: 'a/', storedAt: day(0) },
};
const completed = { ...startDeletion(undefined, 'schedule', day(30)), completedAt: day(30) };
const deleted: RecordingEntry = { ...archived, deletion: { ...completed, lookedAgainAt: day(31) } };
const held = { holds: [{ holdId: 'hold_1' } as HeldBy] };

describe('the metadata of a recording', () => {
  it('end when their period has passed since the archiving', () => {
    expect(metadataDueAt(deleted, keeping(90))).toEqual(day(90));
    expect(metadataDueAt(deleted, policy)).toBeUndefined();
  });

  it('stay while anything of the recording is there, or may turn up', () => {
    expect(metadataDueAt(archived, keeping(90))).toBeUndefined();
    expect(metadataDueAt({ ...archived, deletion: completed }, keeping(90))).toBeUndefined();
    const late = { ...completed, lookedAgainAt: day(31), objects: { found: [], deleted: [], confirmedAt: day(30) } };
    expect(metadataDueAt({ ...archived, deletion: late, lateMediaAt: day(40) }, keeping(90))).toBeUndefined();
  });

  it('never end before the recording does, however late that was', () => {
    const lately = { ...deleted, deletion: { ...completed, completedAt: day(100), lookedAgainAt: day(101) } };
    expect(metadataDueAt(lately, keeping(90))).toEqual(day(100));
  });

  it('stay under a hold, and as long as a law says', () => {
    expect(metadataDueAt({ ...deleted, ...held }, keeping(90))).toBeUndefined();
    const minimums = [{ classes: ['metadata' as const], period: days(400), source: 'a law' }];
    expect(metadataDueAt(deleted, keeping(90, { minimums }))).toEqual(day(400));
  });

  it('end for what failed at Twilio, too, and never for what waits there', () => {
    const of = (status: string) => entryOf(callFacts([], { recording: recording({ status }) }));
    expect(metadataDueAt(of('absent'), keeping(90))).toEqual(day(90));
    expect(metadataDueAt(of('in-progress'), keeping(90))).toBeUndefined();
    const withheld = { ...cleared, decision: decide(entryOf(callFacts()), policy, day(1)) };
    expect(withheld.decision?.clearance.outcome).toBe('withheld');
    expect(metadataEndsAt(withheld, keeping(90), day(2))).toBe('never');
  });

  // The law of what failed counted from an archiving that never came: there was none.
  it('stay as long as a law says of what failed, was absent or was refused, counted from its report', () => {
    const minimums = [{ classes: ['metadata' as const], period: days(400), source: 'a law' }];
    for (const status of ['absent', 'failed', 'deleted']) {
      const entry = entryOf(callFacts([], { recording: recording({ status }) }));
      expect([status, metadataDueAt(entry, keeping(90, { minimums }))]).toEqual([status, day(400)]);
    }
    const entry = entryOf(callFacts([answer('refused')]));
    const refused = { ...entry, decision: decide(entry, policy, minute(1)), deletion: deleted.deletion };
    expect(metadataDueAt(refused, keeping(90, { minimums }))).toEqual(day(400));
  });

  it('are compared when policies are, also where the recording is gone', () => {
    const differences = compareFor(deleted, keeping(90), keeping(60), day(70));
    const told = { what: 'metadata', before: day(90).toISOString(), after: day(60).toISOString() };
    expect(differences).toEqual([
      { kind: 'sooner', ...told },
      { kind: 'dueNow', ...told },
    ]);
    expect(compareFor(archived, keeping(90), keeping(400), day(1))).toMatchObject([
      { kind: 'longer', what: 'metadata' },
    ]);
  });

  // A simulation told the end of the period, also of years ago, and counted as due at once what waited for its second look.
  it('are told to end after the second look and not before, where that is still to come', () => {
    const unseen = { ...archived, deletion: completed };
    expect(metadataEndsAt(unseen, keeping(7), day(30))).toEqual(day(31));
    expect(
      metadataEndsAt({ ...archived, deletion: { ...completed, completedAt: undefined } }, keeping(7), day(35)),
    ).toEqual(day(36));
    expect(metadataEndsAt(archived, keeping(7), day(1))).toEqual(day(31));
    expect(metadataEndsAt(archived, keeping(7), day(50))).toEqual(day(51));
    const told = { what: 'metadata', before: day(90).toISOString(), after: day(31).toISOString() };
    expect(compareFor(unseen, keeping(90), keeping(7), day(30))).toEqual([{ kind: 'sooner', ...told }]);
  });
});
