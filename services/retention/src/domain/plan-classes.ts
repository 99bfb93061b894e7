import { isClassDeleted } from './begin-deletion.ts';
import type { RecordingEntry } from './custody.ts';
import type { DataClass } from './data-class.ts';
import { dueOf } from './due.ts';
import { isHeld } from './held.ts';
import { planDeletion } from './plan-deletion.ts';
import type { RetentionPolicy } from './policy.ts';

/** What goes of a recording by itself, as policies call it and as deletions do. */
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

/** What the schedule takes away of a recording before it goes as a whole, earliest first, where that is not done yet. */
export const planClasses = (entry: RecordingEntry, policy: RetentionPolicy): PartDue[] =>
  partsDue(entry, policy)
    .filter(({ dataClass }) => !isGone(entry, dataClass))
    .toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime());

/** Under a hold nothing goes. Where something else than the schedule says when a recording goes, nothing of it goes before. */
function partsDue(entry: RecordingEntry, policy: RetentionPolicy): PartDue[] {
  if (isHeld(entry) || entry.deletion !== undefined || entry.deleteAfterOverride !== undefined) return [];
  if (entry.decision?.clearance.outcome === 'refused') return [];
  const end = planDeletion(entry, policy)?.deleteAfter;
  const parts = dueOf(entry, policy).flatMap(({ dataClass, dueAt }): PartDue[] => {
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

/** What was stored again since has to go again; Twilio gets no second copy. */
function isGone(entry: RecordingEntry, dataClass: DataClass): boolean {
  const stored = dataClass === 'audio' ? entry.archive : dataClass === 'twilio-copy' ? undefined : entry.transcript;
  return isClassDeleted(entry, dataClass, stored?.storedAt);
}

/** When each class that is still there is gone, by itself or with the whole; `never` is a date that does not come. */
export function endOfParts(entry: RecordingEntry, policy: RetentionPolicy): ReadonlyMap<DataClass, Date | 'never'> {
  const end = planDeletion(entry, policy)?.deleteAfter ?? 'never';
  const parts = partsDue(entry, policy);
  const there = PART_CLASSES.filter((part) => !isGone(entry, part));
  return new Map(there.map((part) => [part, parts.find(({ dataClass }) => dataClass === part)?.dueAt ?? end]));
}
