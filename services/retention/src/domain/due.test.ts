import { describe, expect, it } from 'vitest';
import { answer, callFacts, entryOf, minute, policy } from '../testing/given.ts';
import type { RecordingEntry } from './custody.ts';
import { decide } from './decide.ts';
import { dueOf, mediaDueAt, minimumOf, whyCopyStays } from './due.ts';
import { planDeletion } from './plan-deletion.ts';
import type { RetentionPolicy } from './policy.ts';
import { resolveErasure } from './resolve-erasure.ts';

const day = (count: number) => minute(count * 1_440);
const days = (count: number) => ({ ms: count * 86_400_000 });
const archive = { store: 'file:///recordings', prefix: 'a/', storedAt: day(0) };
const decided = (consents: Parameters<typeof callFacts>[0], by = policy): RecordingEntry => {
  const entry = entryOf(callFacts(consents));
  return { ...entry, decision: decide(entry, by, minute(90)) };
};
const archived = { ...decided([answer('granted')]), archive };
const periods = {
  audio: days(90),
  transcript: days(730),
  providerResponse: days(30),
  metadata: days(900),
  numbers: days(800),
};
const classed: RetentionPolicy = { ...policy, periods, twilioDeletion: 'after-archive' };
const dates = (entry: RecordingEntry, by: RetentionPolicy) =>
  Object.fromEntries(dueOf(entry, by).map(({ dataClass, dueAt }) => [dataClass, dueAt]));

describe('what is due', () => {
  it('is told for each class of data, from the archiving on', () => {
    expect(dates(archived, classed)).toEqual({
      audio: day(90),
      transcript: day(730),
      providerResponse: day(30),
      metadata: day(900),
      numbers: day(800),
      twilioCopy: day(0),
    });
  });

  it('is nothing of Twilio’s copy while that is the only one', () => {
    expect(dates(decided([answer('granted')]), classed)).not.toHaveProperty('twilioCopy');
    expect(dates(archived, { ...classed, twilioDeletion: days(7) })).toHaveProperty('twilioCopy', day(7));
    expect(dates(archived, { ...classed, twilioDeletion: 'with-audio' })).not.toHaveProperty('twilioCopy');
  });

  it('is nothing of Twilio’s copy where the archive is not as reported, and says so', () => {
    const text = 'Twilio reported 12 s and served 9.12 s';
    for (const kind of ['shorter-than-reported', 'other-channels-than-reported']) {
      const short = { ...archived, archive: { ...archive, warnings: [{ kind, text }] } };
      expect(dates(short, classed)).not.toHaveProperty('twilioCopy');
      expect(whyCopyStays(short, classed)).toContain(text);
      expect(whyCopyStays(short, { ...classed, twilioDeletion: 'with-audio' })).toBeUndefined();
    }
    const other = { ...archived, archive: { ...archive, warnings: [{ kind: 'no-waveform', text }] } };
    expect(dates(other, classed)).toHaveProperty('twilioCopy', day(0));
    expect(whyCopyStays(other, classed)).toBeUndefined();
  });

  it('is nothing of what waits for consent', () => {
    expect(dueOf(decided([]), classed)).toEqual([]);
  });

  it('ends the recording with the last of its media, and never where something of it is kept for ever', () => {
    expect(mediaDueAt(archived, classed)).toEqual(day(730));
    expect(planDeletion(archived, classed)).toEqual({ deleteAfter: day(730), cause: 'schedule' });
    const kept = { ...classed, periods: { ...periods, transcript: 'forever' as const } };
    expect(planDeletion(archived, kept)).toBeUndefined();
  });
});

describe('what the law asks to be kept', () => {
  const source = 'Directive 2014/65/EU, Article 16(7)';
  const bound = { ...policy, minimums: [{ classes: ['audio' as const], period: days(1_826), source }] };

  it('puts off an operator’s date and a withdrawal, and says by which law', () => {
    const plan = { deleteAfter: day(1_826), keptBy: source };
    expect(planDeletion({ ...archived, deleteAfterOverride: day(1) }, bound)).toEqual({ ...plan, cause: 'operator' });
    const withdrawn = { ...decided([answer('granted', { at: -5 }), answer('refused')]), archive };
    expect(planDeletion(withdrawn, bound)).toEqual({ ...plan, cause: 'withdrawal' });
  });

  // Each erasure that called a transcription off began the years of the law anew, for what was not archived.
  it('counts on from the clearance where an erasure has called the transcription off, and after that', () => {
    const least = minimumOf(decided([answer('granted')]), bound);
    const erasure = { erasureId: 'e', requestedAt: minute(95), isShared: true };
    const off = decide({ ...decided([answer('granted')]), erasure }, bound, day(1));
    expect(off?.clearance).toMatchObject({ purposes: ['store'], rule: 'erasure-requested' });
    const calledOff = { ...entryOf(callFacts([answer('granted')])), decision: off };
    expect(minimumOf(calledOff, bound)).toEqual(least);
    const again = decide({ ...calledOff, erasure }, { ...bound, sharedCalls: 'restrict' }, day(2));
    expect(again?.clearance).toMatchObject({ purposes: ['store', 'transcribe'] });
    expect(minimumOf({ ...calledOff, decision: again }, bound)).toEqual(least);
  });

  // The end of an agreement to the transcription began the years anew, in one order of the same facts and not in another.
  it('counts on from the clearance where an agreement to the transcription has ended', () => {
    const entry = entryOf(callFacts([answer('granted', { expiresAt: minute(90) })]));
    const first = { ...entry, decision: decide(entry, bound, minute(2)) };
    const ended = decide(first, bound, minute(90));
    expect(ended?.clearance).toMatchObject({ purposes: ['store'] });
    expect(minimumOf({ ...first, decision: ended }, bound)).toEqual(minimumOf(first, bound));
  });

  it('is nothing of a recording that was refused before it was kept', () => {
    expect(minimumOf(decided([answer('refused')]), bound)).toBeUndefined();
  });

  // An erasure, an operator's date and `withheldPeriod` took it at once, under a law that asked for five years.
  it('counts from the report while the recording waits at Twilio, whatever would end it', () => {
    const withheld = decided([]);
    const erasure = { erasureId: 'e', requestedAt: minute(95), isShared: false };
    for (const [ended, cause] of [
      [{ ...withheld, erasure }, 'erasure'],
      [{ ...withheld, deleteAfterOverride: day(1) }, 'operator'],
      [withheld, 'schedule'],
    ] as const) {
      const plan = planDeletion(ended, { ...bound, withheldPeriod: days(1) });
      expect(plan).toEqual({ deleteAfter: day(1_826), cause, keptBy: source });
    }
    expect(resolveErasure({ ...withheld, erasure }, bound)).toMatchObject({ result: 'statutory', until: day(1_826) });
    expect(planDeletion(withheld, bound)).toBeUndefined();
  });
});

describe('what a policy makes of a decision', () => {
  it('leaves what is refused at Twilio where it says so, for as long as it says', () => {
    const kept = { ...policy, onRefusal: 'withhold' as const };
    const refused = decided([answer('refused')], kept);
    expect(refused.decision?.clearance).toMatchObject({ outcome: 'withheld', rule: 'any-party-refuses' });
    expect(planDeletion(refused, kept)).toBeUndefined();
    expect(planDeletion(refused, { ...kept, withheldPeriod: days(30) })).toEqual({
      deleteAfter: day(30),
      cause: 'schedule',
    });
  });

  it('ends what is withheld only where it says so', () => {
    const withheld = decided([]);
    expect(withheld.decision?.clearance.outcome).toBe('withheld');
    expect(planDeletion(withheld, policy)).toBeUndefined();
    expect(planDeletion(withheld, { ...policy, withheldPeriod: days(7) })?.deleteAfter).toEqual(day(7));
  });

  it('has nothing transcribed where it says so, whatever the parties agreed to', () => {
    const clearance = decided([answer('granted')], { ...policy, transcribes: false }).decision?.clearance;
    expect(clearance).toMatchObject({ outcome: 'cleared', purposes: ['store'] });
  });
});
