import type { RecordingEntry } from './custody.ts';
import { type ClassDue, type DueClass, dueOf } from './due.ts';
import { planDeletion } from './plan-deletion.ts';
import type { RetentionPolicy } from './policy.ts';

/** What goes of a recording by itself, while the rest of it stays. */
export const PART_CLASSES = ['audio', 'transcript', 'providerResponse', 'twilioCopy'] as const satisfies DueClass[];

/**
 * What the schedule takes away of a recording before it goes as a whole, earliest first. Where something else than the schedule says
 * when it goes, nothing goes before.
 */
export function planClasses(entry: RecordingEntry, policy: RetentionPolicy): ClassDue[] {
  if (entry.deletion !== undefined || entry.deleteAfterOverride !== undefined) return [];
  if (entry.decision?.clearance.outcome === 'refused') return [];
  const end = planDeletion(entry, policy)?.deleteAfter;
  return dueOf(entry, policy)
    .filter(({ dataClass, dueAt }) => isPart(dataClass) && (end === undefined || dueAt < end))
    .toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
}

const isPart = (dataClass: DueClass) => PART_CLASSES.some((each) => each === dataClass);

/** When each part of a recording is gone, by itself or with the whole; Twilio’s copy with the audio at the latest. */
export function endOfParts(
  entry: RecordingEntry,
  policy: RetentionPolicy,
): Record<(typeof PART_CLASSES)[number], Date | undefined> {
  const end = planDeletion(entry, policy)?.deleteAfter;
  const parts = planClasses(entry, policy);
  const endOf = (dataClass: DueClass) => parts.find((part) => part.dataClass === dataClass)?.dueAt ?? end;
  const audio = endOf('audio');
  const copy = endOf('twilioCopy');
  return {
    audio,
    transcript: endOf('transcript'),
    providerResponse: endOf('providerResponse'),
    twilioCopy: audio !== undefined && (copy === undefined || audio < copy) ? audio : copy,
  };
}
