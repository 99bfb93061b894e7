import { describe, expect, it } from 'vitest';
import { answer, callFacts, entryOf, minute, policy } from '../testing/given.ts';
import type { Consent } from './consent.ts';
import type { Decision, RecordingEntry } from './custody.ts';
import { decideClearance } from './decide-clearance.ts';
import { dropTranscript } from './drop-transcript.ts';
import { planClasses } from './plan-classes.ts';

const yes = answer('granted');
const withdrawn = answer('withdrawn', { at: 10, purposes: ['transcribe'] });

/** The entry with these answers, decided on at a minute. */
function decided(consents: readonly Consent[], at: number, fields: Partial<RecordingEntry> = {}): RecordingEntry {
  const facts = callFacts(consents);
  const clearance = decideClearance(facts, policy, minute(at));
  const decision: Decision = { number: at, clearance, policy: { name: 'built-in', version: 1 }, decidedAt: minute(at) };
  return entryOf(facts, { decision, prefix: 'folder/', ...fields });
}

const transcribed = {
  archive: { store: 's', prefix: 'folder/', storedAt: minute(5) },
  transcript: { storedAt: minute(6) },
};
const deletionsOf = ({ partDeletions = [], deletion }: RecordingEntry) => ({
  parts: partDeletions.map(({ cause, classes }) => ({ cause, classes })),
  whole: deletion,
});
const TRANSCRIPT = ['transcript', 'provider-response'];

describe('a party that withdraws its agreement to transcription alone', () => {
  const before = decided([yes], 4, transcribed);
  const after = dropTranscript(before, decided([yes, withdrawn], 11, transcribed), policy, minute(11));

  it('loses the transcript and the provider’s answer, and the audio stays', () => {
    expect(after.decision?.clearance).toMatchObject({ outcome: 'cleared', purposes: ['store'] });
    expect(deletionsOf(after)).toEqual({ parts: [{ cause: 'withdrawal', classes: TRANSCRIPT }], whole: undefined });
  });

  it('loses it once, however often it is decided on again', () => {
    expect(dropTranscript(after, after, policy, minute(12))).toBe(after);
  });

  it('loses a transcript that arrives afterwards, too', () => {
    const [deletion] = after.partDeletions ?? [];
    const gone = deletion && { ...deletion, completedAt: minute(12), nextAttemptAt: undefined };
    const late = { ...after, partDeletions: gone ? [gone] : [], transcript: { storedAt: minute(13) } };
    expect(deletionsOf(dropTranscript(late, late, policy, minute(14))).parts).toHaveLength(2);
  });
});

it('looks after what is on its way when a clearance to transcribe is taken back before there is a transcript', () => {
  const after = dropTranscript(decided([yes], 4), decided([yes, withdrawn], 11), policy, minute(11));
  expect(deletionsOf(after).parts).toEqual([{ cause: 'withdrawal', classes: TRANSCRIPT }]);
});

it.each([
  ['an agreement that has ended', [answer('granted', { expiresAt: minute(10) })]],
  ['an agreement to recording alone', [answer('granted', { purposes: ['record'] })]],
])('takes no transcript away for %s', (_, consents) => {
  const entry = decided(consents, 11, transcribed);
  expect(entry.decision?.clearance).toMatchObject({ outcome: 'cleared', purposes: ['store'] });
  expect(dropTranscript(decided([yes], 4, transcribed), entry, policy, minute(11))).toBe(entry);
});

it('leaves it to the deletion of everything where recording is refused as well', () => {
  const entry = decided([yes, answer('refused', { at: 10 })], 11, transcribed);
  expect(dropTranscript(decided([yes], 4, transcribed), entry, policy, minute(11))).toBe(entry);
});

it('keeps what the law asks for of a refused transcript, until that is over', () => {
  const minimums = [{ classes: ['transcript'] as const, period: { ms: 60 * 60_000 }, source: 'Some Act § 1' }];
  const lawful = { ...policy, minimums };
  const refused = decided([yes, withdrawn], 11, transcribed);
  const after = dropTranscript(decided([yes], 4, transcribed), refused, lawful, minute(11));
  expect(deletionsOf(after).parts).toEqual([{ cause: 'withdrawal', classes: ['provider-response'] }]);
  expect(planClasses(after, lawful)).toEqual([{ dataClass: 'transcript', dueAt: minute(65) }]);
});

// A service whose clock was years ahead dropped, with the refusal itself, what the law still kept.
it('goes by the clock that is behind in what the law asks for', () => {
  const minimums = [{ classes: ['transcript' as const], period: { ms: 3_600_000 }, source: 'a law' }];
  const lawful = { ...policy, minimums };
  const read = { ...transcribed, readAt: minute(11) };
  const after = dropTranscript(decided([yes], 4, read), decided([yes, withdrawn], 500, read), lawful, minute(500));
  expect(deletionsOf(after).parts).toEqual([{ cause: 'withdrawal', classes: ['provider-response'] }]);
  expect(planClasses(after, lawful)).toEqual([{ dataClass: 'transcript', dueAt: minute(65) }]);
});
