import { describe, expect, it } from 'vitest';
import { minute, recording } from '../testing/given.ts';
import { noteFound, startDeletion } from './deletion.ts';
import { deletedEvent } from './deletion-event.ts';
import { type DeletionAttempt, deletionFailures, deletionStatus, evolveDeletion } from './evolve-deletion.ts';

const begun = startDeletion(undefined, 'refusal', minute(0));
const media = { key: 'a/media.wav', versionId: '1' };
const gone = { deleted: [], confirmedAt: minute(1) };
const deleted = { outcome: 'deleted', confirmedAt: minute(1) } as const;
const twilioIsAway: DeletionAttempt = {
  objects: { ...gone, deleted: [media] },
  source: { failure: 'Twilio answers 503' },
};

describe('a deletion', () => {
  it('is done when one attempt confirmed both places', () => {
    const done = evolveDeletion(begun, { objects: gone, source: deleted }, minute(1));
    expect(deletionStatus(done)).toBe('done');
    expect(done).toMatchObject({ attempts: 1, completedAt: minute(1) });
  });

  it('is partial, with the reason, while one place is not confirmed', () => {
    const partial = evolveDeletion(begun, twilioIsAway, minute(1));
    expect(deletionStatus(partial)).toBe('partial');
    expect(deletionFailures(partial)).toEqual([{ place: 'twilio', reason: 'Twilio answers 503' }]);
    expect(partial.completedAt).toBeUndefined();
  });

  it('is tried again with a growing delay that stops growing at an hour', () => {
    const delaysMs: number[] = [];
    let deletion = begun;
    for (let attempt = 0; attempt < 6; attempt += 1) {
      deletion = evolveDeletion(
        deletion,
        { objects: { deleted: [], failure: 'away' }, source: { failure: 'away' } },
        minute(0),
      );
      delaysMs.push((deletion.nextAttemptAt?.getTime() ?? 0) - minute(0).getTime());
    }
    expect(delaysMs).toEqual([10_000, 60_000, 600_000, 3_600_000, 3_600_000, 3_600_000]);
    expect(deletionStatus(deletion)).toBe('failing');
  });

  it('waits as long as a place asks for', () => {
    const later = evolveDeletion(begun, { ...twilioIsAway, retryAfterMs: 120_000 }, minute(0));
    expect(later.nextAttemptAt).toEqual(minute(2));
  });

  it('remembers over all attempts what it deleted, once each, and that it was us who deleted at Twilio', () => {
    const first = evolveDeletion(
      begun,
      { objects: { deleted: [media], failure: 'one is left' }, source: deleted },
      minute(1),
    );
    const second = evolveDeletion(
      first,
      {
        objects: { deleted: [media, { key: 'a/manifest.json' }], confirmedAt: minute(2) },
        source: { outcome: 'already-gone', confirmedAt: minute(2) },
      },
      minute(2),
    );
    expect(second.objects.deleted).toEqual([media, { key: 'a/manifest.json' }]);
    expect(second.source.outcome).toBe('deleted');
    expect(deletedEvent(recording(), second).data).toMatchObject({
      cause: 'refusal',
      deletionId: '1',
      source: { outcome: 'deleted', metadataUntil: '2026-04-10T10:02:00.000Z' },
    });
  });

  it('counts what was noted before it went, by an attempt that never came back, as deleted by us', () => {
    const noted = noteFound(noteFound(begun, { objects: [media] }, minute(1)), { seenAt: minute(1) }, minute(1));
    const alreadyGone: DeletionAttempt = {
      objects: { ...gone, found: noted.objects.found },
      source: { outcome: 'already-gone', confirmedAt: minute(2) },
    };
    const done = evolveDeletion(noted, alreadyGone, minute(2));
    expect(deletedEvent(recording(), done).data).toMatchObject({ objects: [media], source: { outcome: 'deleted' } });
  });

  it('is not done by a listing that was made before another attempt found more', () => {
    const noted = noteFound(begun, { objects: [media] }, minute(2));
    const beside = evolveDeletion(noted, { objects: gone, source: deleted }, minute(3));
    expect(beside.completedAt).toBeUndefined();
    expect(beside.objects.deleted).toEqual([]);
    const again = { ...gone, confirmedAt: minute(4), found: beside.objects.found };
    expect(evolveDeletion(beside, { objects: again, source: deleted }, minute(4))).toMatchObject({
      completedAt: minute(4),
      objects: { deleted: [media] },
    });
  });

  it('that is done is followed by another one with what is found then', () => {
    const done = evolveDeletion(begun, { objects: gone, source: deleted }, minute(1));
    expect(noteFound(done, { objects: [media] }, minute(9))).toMatchObject({
      number: 2,
      nextAttemptAt: minute(9),
      objects: { found: [media], deleted: [] },
    });
  });

  it('is not changed by an attempt that comes in after it was done', () => {
    const done = evolveDeletion(begun, { objects: gone, source: deleted }, minute(1));
    expect(evolveDeletion(done, twilioIsAway, minute(2))).toBe(done);
  });
});
