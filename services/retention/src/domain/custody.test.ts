import { describe, expect, it } from 'vitest';
import { answer, callFacts, entryOf, minute, policy, recording } from '../testing/given.ts';
import type { Consent } from './consent.ts';
import { type RecordingEntry, reviewAt } from './custody.ts';
import { decide } from './decide.ts';
import { startDeletion } from './deletion.ts';
import { evolveDeletion } from './evolve-deletion.ts';
import { stateOf } from './state.ts';

const decided = (entry: RecordingEntry): RecordingEntry => ({ ...entry, decision: decide(entry, policy, minute(1)) });
const cleared = decided(entryOf(callFacts([answer('granted')])));
const refused = decided(entryOf(callFacts([answer('refused')])));
const waiting = decided(entryOf(callFacts()));
const archive = { store: 'file:///recordings', prefix: 'a/', storedAt: minute(10) };
const transcript = { storedAt: minute(12) };
const failure = { stage: 'media', reason: 'gone', attempts: 12, failedAt: minute(20) };
const deletion = startDeletion(undefined, 'refusal', minute(30));
const done = evolveDeletion(
  deletion,
  { objects: { deleted: [], confirmedAt: minute(31) }, source: { outcome: 'deleted', confirmedAt: minute(31) } },
  minute(32),
);

describe('the state of a recording', () => {
  it.each<[string, RecordingEntry]>([
    ['in-progress', entryOf(callFacts([], { recording: recording({ status: 'processing' }) }))],
    ['absent', entryOf(callFacts([], { recording: recording({ status: 'absent' }) }))],
    ['failed', entryOf(callFacts([], { recording: recording({ status: 'failed' }) }))],
    ['waiting', waiting],
    ['refused', refused],
    ['failed', { ...waiting, facts: callFacts([], { recording: recording({ status: 'failed' }) }) }],
    ['cleared', cleared],
    ['archive-failed', { ...cleared, archiveFailure: failure }],
    ['archived', { ...cleared, archive, archiveFailure: failure }],
    ['transcript-failed', { ...cleared, archive, transcriptFailure: failure }],
    ['transcribed', { ...cleared, archive, transcript, transcriptFailure: failure }],
    ['refused', { ...refused, archive, transcript }],
    ['deleting', { ...refused, deletion }],
    ['deleted', { ...refused, deletion: done }],
    ['deleted', { ...refused, deletion: done, lateMediaAt: minute(30) }],
    ['deleting', { ...refused, deletion: done, lateMediaAt: minute(31) }],
  ])('is %s', (state, entry) => {
    expect(stateOf(entry)).toBe(state);
  });
});

describe('the next review', () => {
  it('leaves nothing to review once the grace period is over, a deletion has begun or the recording failed', () => {
    expect(reviewAt(waiting, policy)).toEqual(minute(60));
    expect(reviewAt(cleared, policy)).toBeUndefined();
    expect(reviewAt({ ...waiting, deletion }, policy)).toBeUndefined();
    const failed = callFacts([], { recording: recording({ status: 'failed' }) });
    expect(reviewAt({ ...waiting, facts: failed }, policy)).toBeUndefined();
  });

  // The clearance stood when the agreement had ended, and a transcriber that was late went by it.
  it('is the end of the agreement that it is still to be transcribed by', () => {
    const ending = callFacts([{ ...answer('granted'), expiresAt: minute(90) }]);
    const entry = decided(entryOf(ending));
    expect(reviewAt(entry, policy)).toEqual(minute(90));
    expect(reviewAt({ ...entry, archive, transcript }, policy)).toBeUndefined();
    const ended = decide(entry, policy, minute(90));
    expect(ended?.clearance).toMatchObject({ outcome: 'cleared', purposes: ['store'] });
    expect(reviewAt({ ...entry, decision: ended }, policy)).toBeUndefined();
    // Whose numbers are gone, nobody can ask again whose agreement was needed: what ended has ended all the same.
    const pseudonymous = { ...entry, numbers: ['psn_a', 'psn_b'], prefix: 'a/' };
    const endedUnread = decide(pseudonymous, policy, minute(90));
    expect(endedUnread?.clearance).toMatchObject({ purposes: ['store'], consented: [{ purpose: 'record' }] });
    expect(reviewAt({ ...pseudonymous, decision: endedUnread }, policy)).toBeUndefined();
  });

  // A renewed agreement continued the clearance of the one before, whose end the transcriber went by: nobody transcribed it.
  it('of a renewed agreement is another clearance, until there is a transcript', () => {
    const [first, renewed] = [60, 120].map((end, at) => ({ ...answer('granted', { at }), expiresAt: minute(end) }));
    const before = decided(entryOf(callFacts([first as Consent]), { prefix: 'a/' }));
    const facts = callFacts([first as Consent, renewed as Consent]);
    const after = decide({ ...before, facts }, policy, minute(30));
    expect(after).toMatchObject({ number: 2, continues: undefined, clearedAt: before.decision?.decidedAt });
    expect(after?.clearance).toMatchObject({ purposes: ['store', 'transcribe'] });
    expect(reviewAt({ ...before, decision: after }, policy)).toEqual(minute(120));
    const transcribed = { ...before, facts, archive, transcript };
    expect(decide(transcribed, policy, minute(30))).toMatchObject({ number: 2, continues: { number: 1 } });
  });

  // What was held and to be erased while it waited was due in every sweep, and a batch full of them kept all others from their review.
  it('is none of what is to be erased, until the policy keeps it after all', () => {
    const shared = { ...waiting, erasure: { erasureId: 'e', requestedAt: minute(2), isShared: true } };
    expect(reviewAt(shared, policy)).toBeUndefined();
    expect(reviewAt(shared, { ...policy, sharedCalls: 'restrict' })).toEqual(minute(60));
  });
});
