import type { Consented } from './consented.ts';
import type { RecordingEntry } from './custody.ts';
import { clearanceBy } from './decide.ts';
import { endOfParts } from './plan-classes.ts';
import type { RetentionPolicy } from './policy.ts';
import { whyNotShared } from './sharing.ts';
import { transcriptionOf } from './transcription-policy.ts';

export const DIFFERENCES = ['dueNow', 'sooner', 'longer', 'transcribed', 'decided'] as const;
export type DifferenceKind = (typeof DIFFERENCES)[number];

/** What another policy would change for one recording. */
export interface Difference {
  kind: DifferenceKind;
  /** The class of data, or what else it is about. */
  what: string;
  before: string;
  after: string;
}

/** What a recording's fate would be by the next policy, where it is another one than by the present; of what is being deleted, what is known of it. */
export function compareFor(
  entry: RecordingEntry,
  present: RetentionPolicy,
  next: RetentionPolicy,
  now: Date,
): Difference[] {
  const ends = compareEnds(entry, present, next, now);
  return entry.deletion === undefined ? [...ends, ...compareTranscription(entry, present, next)] : ends;
}

function compareEnds(entry: RecordingEntry, present: RetentionPolicy, next: RetentionPolicy, now: Date): Difference[] {
  const [before, after] = [endOfParts(entry, present, now), endOfParts(entry, next, now)];
  return [...after].flatMap(([what, end]): Difference[] => {
    const beforeEnd = before.get(what) ?? 'never';
    const [was, will] = [momentOf(beforeEnd), momentOf(end)];
    if (was === will) return [];
    const told = { what, before: tell(beforeEnd), after: tell(end) };
    const isDueNow = will <= now.getTime() && was > now.getTime();
    return [
      { kind: will < was ? 'sooner' : 'longer', ...told },
      ...(isDueNow ? [{ kind: 'dueNow' as const, ...told }] : []),
    ];
  });
}

const momentOf = (end: Date | 'never') => (end === 'never' ? Number.POSITIVE_INFINITY : end.getTime());

const tell = (end: Date | 'never') => (end === 'never' ? end : end.toISOString());

function compareTranscription(
  { facts }: RecordingEntry,
  present: RetentionPolicy,
  next: RetentionPolicy,
): Difference[] {
  const [before, after] = [present, next].map(({ transcribes, transcription, mediaFormat }) => {
    const asked = transcribes ? JSON.stringify(transcriptionOf(facts.recording, transcription)) : 'nothing';
    return mediaFormat === undefined ? asked : `${asked} from ${mediaFormat}`;
  }) as [string, string];
  return before === after ? [] : [{ kind: 'transcribed', what: 'transcription', before, after }];
}

/** Whether consent is judged by other rules, or something else depends on what was agreed to, so that every answer has to be read again. */
export const judgesOtherwise = (present: RetentionPolicy, next: RetentionPolicy): boolean =>
  JUDGING.some((field) => present[field] !== next[field]);

const JUDGING = ['consentMode', 'gracePeriodMs', 'onRefusal', 'transcribes', 'sharing'] as const;

/** What is not done here, and told to those who do it. */
const elsewhere = (consented: readonly Consented[] = []) =>
  consented.map(({ purpose }) => purpose).filter((purpose) => purpose === 'analyse' || purpose === 'share');

/** @param entry with all facts */
export function compareDecision(
  entry: RecordingEntry,
  present: RetentionPolicy,
  next: RetentionPolicy,
  now: Date,
): Difference[] {
  const { decision } = entry;
  if (entry.deletion !== undefined || decision === undefined) return [];
  const [before, after] = [present, next].map((policy) => {
    const clearance = clearanceBy(entry, policy, now);
    if (clearance.outcome !== 'cleared') return { decision: clearance.outcome, sharing: NOT_GIVEN };
    const why = whyNotShared({ facts: entry.facts, decision: { ...decision, clearance } }, policy, now);
    return {
      decision: `cleared to ${[...clearance.purposes, ...elsewhere(clearance.consented)].join(' and ')}`,
      sharing: why === undefined ? 'an address of its audio is given' : NOT_GIVEN,
    };
  }) as [Told, Told];
  return (['decision', 'sharing'] as const).flatMap((what): Difference[] =>
    before[what] === after[what] ? [] : [{ kind: 'decided', what, before: before[what], after: after[what] }],
  );
}

type Told = Record<'decision' | 'sharing', string>;
const NOT_GIVEN = 'no address of its audio is given';
