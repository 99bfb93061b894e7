import { describe, expect, it } from 'vitest';
import { callFacts, entryOf, minute } from '../testing/given.ts';
import { beginDeletion, isClassDeleted, isFirst, latestDeletion, withDeletion } from './begin-deletion.ts';
import { classOfKey, takesKey } from './data-class.ts';
import type { Deletion } from './deletion.ts';
import { evolveDeletion } from './evolve-deletion.ts';

const archived = entryOf(callFacts(), { transcript: { storedAt: minute(1) } });
const withoutTranscript = beginDeletion(archived, {
  cause: 'withdrawal',
  classes: ['transcript', 'provider-response'],
  now: minute(5),
});
const part = withoutTranscript.partDeletions?.[0] as Deletion;
const empty = { deleted: [], confirmedAt: minute(6) };

describe('the deletion of a class of data', () => {
  it('leaves the recording as it is', () => {
    expect(withoutTranscript.deletion).toBeUndefined();
    expect(part).toMatchObject({ number: 1, classes: ['transcript', 'provider-response'], cause: 'withdrawal' });
  });

  it('is not begun twice while it runs', () => {
    const order = { cause: 'schedule', classes: ['transcript'], now: minute(7) } as const;
    expect(beginDeletion(withoutTranscript, order)).toBe(withoutTranscript);
  });

  it('is done without Twilio, which it is not about', () => {
    expect(evolveDeletion(part, { objects: empty, source: {} }, minute(6)).completedAt).toEqual(minute(6));
  });

  it('of Twilio’s copy alone is done without the store', () => {
    const copy = beginDeletion(archived, { cause: 'schedule', classes: ['twilio-copy'], now: minute(5) });
    const source = { outcome: 'deleted', confirmedAt: minute(6) } as const;
    const attempt = { objects: { deleted: [] }, source };
    expect(evolveDeletion(latestDeletion(copy) as Deletion, attempt, minute(6)).completedAt).toEqual(minute(6));
  });

  it('does not cover what was stored after it began', () => {
    const done = withDeletion(withoutTranscript, evolveDeletion(part, { objects: empty, source: {} }, minute(6)));
    expect(isClassDeleted(done, 'transcript', minute(1))).toBe(true);
    expect(isClassDeleted(done, 'transcript', minute(6))).toBe(false);
    expect(isClassDeleted(done, 'audio', minute(1))).toBe(false);
  });

  it('is followed by the recording’s own, which counts on and is the first of its kind', () => {
    const whole = beginDeletion(withoutTranscript, { cause: 'schedule', now: minute(9) });
    expect(whole).toMatchObject({ deletion: { number: 2 }, partDeletions: [{ number: 1 }] });
    expect(isFirst(whole, whole.deletion as Deletion)).toBe(true);
  });

  it('has nothing left to do once the recording’s own has begun', () => {
    const whole = beginDeletion(archived, { cause: 'schedule', now: minute(2) });
    expect(beginDeletion(whole, { cause: 'schedule', classes: ['audio'], now: minute(3) })).toBe(whole);
  });
});

describe('an object’s class follows from its name', () => {
  it.each([
    ['media.wav', 'audio'],
    ['media.mp3', 'audio'],
    ['waveform.json', 'audio'],
    ['transcript.json', 'transcript'],
    ['transcript.vtt', 'transcript'],
    ['provider-response.0a1b.json', 'provider-response'],
    ['provider-sent.0a1b.1.json', 'provider-response'],
    ['manifest.json', undefined],
  ])('%s: %s', (name, dataClass) => {
    expect(classOfKey(`AC/2026/03/01/CA/RE/${name}`)).toBe(dataClass);
  });

  it('and what has none goes with the whole recording alone', () => {
    expect(takesKey(undefined, 'RE/manifest.json')).toBe(true);
    expect(takesKey(['audio', 'transcript', 'provider-response'], 'RE/manifest.json')).toBe(false);
  });
});
