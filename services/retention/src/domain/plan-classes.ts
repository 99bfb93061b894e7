import { isClassDeleted } from './begin-deletion.ts';
import type { RecordingEntry } from './custody.ts';
import type { DataClass } from './data-class.ts';
import { DROPPED, transcriptionRefusals } from './drop-transcript.ts';
import { type ClassDue, dueOf, MEDIA, minimumOf, numbersDueAt } from './due.ts';
import { isToBeErased } from './erasure.ts';
import { isHeld } from './held.ts';
import { metadataEndsAt } from './metadata-due.ts';
import { planDeletion, refusalDate } from './plan-deletion.ts';
import type { RetentionPolicy } from './policy.ts';

/** Classes of a recording's data, as policies call them and as deletions do. */
const PARTS = {
  audio: 'audio',
  transcript: 'transcript',
  providerResponse: 'provider-response',
  twilioCopy: 'twilio-copy',
} as const satisfies Record<string, DataClass>;

const PART_CLASSES = Object.values(PARTS);

export interface PartDue {
  dataClass: DataClass;
  dueAt: Date;
}

/** What goes of a recording by itself before it goes as a whole, earliest first, where that is not done yet. */
export const planClasses = (entry: RecordingEntry, policy: RetentionPolicy): PartDue[] =>
  partsDue(entry, policy)
    .filter(({ dataClass }) => !isGone(entry, dataClass))
    .toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime());

/**
 * Under a hold nothing goes. Where an operator or a refusal says when a recording goes, nothing of it goes before; a refusal and an
 * erasure take then what no law asks for, and the rest as each law's time ends.
 */
function partsDue(entry: RecordingEntry, policy: RetentionPolicy): PartDue[] {
  if (isHeld(entry) || entry.deletion !== undefined) return [];
  const order = isToBeErased(entry.erasure, policy) ? entry.erasure?.requestedAt : refusalDate(entry);
  if (order === undefined && entry.deleteAfterOverride !== undefined) return [];
  const end = planDeletion(entry, policy)?.deleteAfter;
  const dues =
    order === undefined ? [...dueOf(entry, policy), ...refusedDue(entry, policy)] : orderedDue(entry, policy, order);
  const parts = dues.flatMap(({ dataClass, dueAt }): PartDue[] => {
    const part = PARTS[dataClass as keyof typeof PARTS];
    if (part === undefined || (end !== undefined && dueAt >= end)) return [];
    // Twilio's copy is audio.
    return part === 'audio'
      ? [
          { dataClass: part, dueAt },
          { dataClass: 'twilio-copy', dueAt },
        ]
      : [{ dataClass: part, dueAt }];
  });
  return PART_CLASSES.flatMap((part) => {
    const dues = parts.filter(({ dataClass }) => dataClass === part).map(({ dueAt }) => dueAt.getTime());
    return dues.length === 0 ? [] : [{ dataClass: part, dueAt: new Date(Math.min(...dues)) }];
  });
}

type Due = Pick<ClassDue, 'dataClass' | 'dueAt'>;

/**
 * A law that asks for one class keeps no other from an erasure or a refusal; nor does one that keeps our audio keep Twilio's copy longer
 * than the policy does.
 */
const orderedDue = (entry: RecordingEntry, policy: RetentionPolicy, order: Date): Due[] => [
  ...MEDIA.map((dataClass) => ({ dataClass, dueAt: later(order, minimumOf(entry, policy, [dataClass])?.until) })),
  ...dueOf(entry, policy)
    .filter(({ dataClass }) => dataClass === 'twilioCopy')
    .map(({ dataClass, dueAt }) => ({ dataClass, dueAt: later(order, dueAt) })),
];

const later = (a: Date, b: Date | undefined): Date => (b !== undefined && b > a ? b : a);

/** What a refusal of transcription had to leave goes when the law's time is over, not when the schedule's is. */
function refusedDue(entry: RecordingEntry, policy: RetentionPolicy): Due[] {
  const { decision, transcript } = entry;
  if (decision === undefined || transcript === undefined) return [];
  if (transcriptionRefusals(entry, decision.decidedAt).length === 0) return [];
  return DROPPED.flatMap(({ kept }) => {
    const least = minimumOf(entry, policy, [kept]);
    return least === undefined ? [] : [{ dataClass: kept, dueAt: least.until }];
  });
}

/** What was stored again since has to go again; Twilio gets no second copy. */
function isGone(entry: RecordingEntry, dataClass: DataClass): boolean {
  const stored = dataClass === 'audio' ? entry.archive : dataClass === 'twilio-copy' ? undefined : entry.transcript;
  return isClassDeleted(entry, dataClass, stored?.storedAt);
}

/**
 * When each class that is still there is gone, by itself or with the whole, when pseudonyms are in place of the numbers, and when what is
 * known of it is gone; `never` is a date that does not come.
 */
export function endOfParts(
  entry: RecordingEntry,
  policy: RetentionPolicy,
  now: Date,
): ReadonlyMap<DataClass | 'numbers' | 'metadata', Date | 'never'> {
  const end = planDeletion(entry, policy)?.deleteAfter ?? 'never';
  const parts = partsDue(entry, policy);
  const there = PART_CLASSES.filter((part) => !isGone(entry, part));
  const ends = there.map((part) => [part, parts.find(({ dataClass }) => dataClass === part)?.dueAt ?? end] as const);
  const metadata = ['metadata', metadataEndsAt(entry, policy, now)] as const;
  if (entry.numbersReplacedAt !== undefined) return new Map([...ends, metadata]);
  return new Map([...ends, metadata, ['numbers', numbersDueAt(entry, policy) ?? 'never']]);
}
