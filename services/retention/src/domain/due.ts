import { addPeriod } from '@onrecord/shared/policy/period';
import type { DataClass } from '@onrecord/shared/policy/policy-schema';
import { clearedSince, type RecordingEntry } from './custody.ts';
import { isHeld } from './held.ts';
import type { RetentionPolicy } from './policy.ts';

/** What the schedule takes away of a recording by itself; `twilioCopy` is audio that Twilio keeps. */
type DueClass = DataClass | 'twilioCopy';

export interface ClassDue {
  dataClass: DueClass;
  dueAt: Date;
  /** Why then, in plain words. */
  reason: string;
}

/** What is stored of the call itself. */
export const MEDIA = ['audio', 'transcript', 'providerResponse'] as const satisfies readonly DataClass[];

type Kept = Pick<RecordingEntry, 'archive' | 'decision'>;

/**
 * Since when a recording is kept: every period counts from its archiving. What was cleared may have objects that nobody reported, and
 * Twilio has it all the same: it is not kept for ever either.
 */
export const keptSince = ({ archive, decision }: Kept): Date | undefined => archive?.storedAt ?? clearedSince(decision);

/** Until when the law asks for something to be kept, and which law. */
export interface Minimum {
  until: Date;
  source: string;
}

/** What is known of a call, whatever became of its recording. */
const OF_CALLS: readonly DataClass[] = ['metadata', 'numbers'];

/** It waits at Twilio for agreements, and is a recording all the same; what somebody refused before it was kept is not to be kept. */
const waitsAtTwilio = ({ decision, facts }: Kept & Pick<RecordingEntry, 'facts'>): boolean =>
  facts.recording.status === 'completed' && decision?.clearance.outcome !== 'refused';

/**
 * Until when the law asks for something of the recording to be kept; `undefined` where none does. Of one that was never kept, because it
 * failed, was absent or nobody agreed, what is known is kept like that of a call without recordings, counted from its report; and its audio
 * where that waits at Twilio.
 */
export function minimumOf(
  entry: Kept & Pick<RecordingEntry, 'facts'>,
  policy: Pick<RetentionPolicy, 'minimums'>,
  classes: readonly DataClass[] = MEDIA,
): Minimum | undefined {
  const since = keptSince(entry);
  if (since !== undefined) return minimumSince(since, policy, classes);
  const there = waitsAtTwilio(entry) ? (['audio', ...OF_CALLS] as const) : OF_CALLS;
  const ofThese = classes.filter((each) => there.includes(each));
  return minimumSince(entry.facts.recording.reportedAt, policy, ofThese);
}

/** The latest that the law asks for of what is kept since then. */
export function minimumSince(
  since: Date,
  { minimums }: Pick<RetentionPolicy, 'minimums'>,
  classes: readonly DataClass[],
): Minimum | undefined {
  return minimums
    .filter((minimum) => minimum.classes.some((each) => classes.includes(each)))
    .flatMap(({ period, source }) => {
      const until = addPeriod(since, period);
      return until === undefined ? [] : [{ until, source }];
    })
    .reduce<Minimum | undefined>(
      (latest, each) => (latest !== undefined && latest.until >= each.until ? latest : each),
      undefined,
    );
}

/** Whether the law asks for a class of the recording to be kept at this moment. */
export function isKeptByLaw(
  entry: Kept & Pick<RecordingEntry, 'facts'>,
  policy: Pick<RetentionPolicy, 'minimums'>,
  dataClass: DataClass,
  now: Date,
): boolean {
  const least = minimumOf(entry, policy, [dataClass]);
  return least !== undefined && least.until > now;
}

/**
 * What the schedule asks for of each class of data, and when; a class that is kept for ever is left out. It knows nothing of holds,
 * erasures and refusals, which come before it, nor of what is gone already.
 */
export function dueOf(entry: Kept, policy: RetentionPolicy): ClassDue[] {
  const since = keptSince(entry);
  if (since === undefined) return [];
  const dues = (Object.keys(policy.periods) as DataClass[]).flatMap((dataClass): ClassDue[] => {
    const dueAt = addPeriod(since, policy.periods[dataClass]);
    return dueAt === undefined
      ? []
      : [{ dataClass, dueAt, reason: `periods.${dataClass} of ${nameOf(policy)} is over` }];
  });
  const copy = copyDue(entry, policy);
  return copy === undefined ? dues : [...dues, copy];
}

/** Before its archive is reported, Twilio's copy is the only one; and the only whole one, where the archive is not as reported. */
function copyDue({ archive }: Kept, { twilioDeletion, ...policy }: RetentionPolicy): ClassDue | undefined {
  if (archive === undefined || twilioDeletion === 'with-audio' || doubtOf(archive) !== undefined) return undefined;
  const isAtOnce = twilioDeletion === 'after-archive';
  const dueAt = isAtOnce ? archive.storedAt : addPeriod(archive.storedAt, twilioDeletion);
  if (dueAt === undefined) return undefined;
  return { dataClass: 'twilioCopy', dueAt, reason: `twilioDeletion of ${nameOf(policy)}, and the archive is complete` };
}

/** Warnings of an archive that has less in it, or something else, than Twilio reported. */
const INCOMPLETE: readonly string[] = ['shorter-than-reported', 'other-channels-than-reported'];

const doubtOf = ({ warnings = [] }: NonNullable<Kept['archive']>) =>
  warnings.find(({ kind }) => INCOMPLETE.includes(kind));

/** Why Twilio's copy stays longer than the policy says; `undefined` where it does not. */
export function whyCopyStays({ archive }: Pick<Kept, 'archive'>, policy: RetentionPolicy): string | undefined {
  const doubt = archive && doubtOf(archive);
  if (doubt === undefined || policy.twilioDeletion === 'with-audio') return undefined;
  return `Twilio’s copy stays as long as the audio, whatever twilioDeletion of ${nameOf(policy)} says, because the archive is not as reported: ${doubt.text}.`;
}

/** When pseudonyms take the place of its numbers, unless they did before; under a hold they do not. */
export function numbersDueAt(
  entry: Pick<RecordingEntry, 'archive' | 'decision' | 'facts' | 'holds' | 'numbersReplacedAt' | 'metadataRemovedAt'>,
  { periods }: RetentionPolicy,
): Date | undefined {
  if (entry.numbersReplacedAt !== undefined || entry.metadataRemovedAt !== undefined || isHeld(entry)) return undefined;
  return addPeriod(keptSince(entry) ?? entry.facts.recording.reportedAt, periods.numbers);
}

/** When the last of a recording's media goes, and with it the recording; `undefined` where something of it stays for ever. */
export function mediaDueAt(entry: Kept, policy: RetentionPolicy): Date | undefined {
  const dues = dueOf(entry, policy).filter(({ dataClass }) => MEDIA.some((each) => each === dataClass));
  if (dues.length < MEDIA.length) return undefined;
  return new Date(Math.max(...dues.map(({ dueAt }) => dueAt.getTime())));
}

const nameOf = ({ name, version }: Pick<RetentionPolicy, 'name' | 'version'>) => `policy ${name} v${version}`;
