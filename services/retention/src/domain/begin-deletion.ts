import { refusalsOf } from './consented.ts';
import type { RecordingEntry } from './custody.ts';
import type { DataClass } from './data-class.ts';
import { type Deletion, type DeletionCause, type DeletionGround, startDeletion } from './deletion.ts';
import type { RetentionPolicy } from './policy.ts';
import { requesterOf } from './requester.ts';

export interface DeletionOrder extends DeletionGround {
  cause: DeletionCause;
  /** What goes; the whole recording where it names none. */
  classes?: readonly DataClass[] | undefined;
  now: Date;
}

/**
 * What a deletion of that cause follows from, by the policy that planned it. What came late goes by what the recording went by.
 */
export function groundOf(
  { deletion, erasure, overrideBy, facts }: Pick<RecordingEntry, 'deletion' | 'erasure' | 'overrideBy' | 'facts'>,
  cause: DeletionCause,
  { name, version, rule }: Pick<RetentionPolicy, 'name' | 'version' | 'rule'>,
  now: Date,
): DeletionGround {
  if (deletion !== undefined) {
    const { requestedBy, policy, erasureId } = deletion;
    return { requestedBy, policy, erasureId };
  }
  if (cause === 'operator') return { requestedBy: overrideBy };
  if (cause === 'erasure') return { requestedBy: erasure?.requestedBy, erasureId: erasure?.erasureId };
  if (cause === 'schedule') return { policy: { name, version, ...(rule !== undefined && { rule }) } };
  return { requestedBy: requesterOf(refusalsOf(facts, 'record', now), cause) };
}

/**
 * Begins the deletion of a recording, or of single classes of its data, for whatever reason: the one way in. The sweeper carries it
 * out. A class that is being deleted already is not deleted twice; a recording whose own deletion has begun has nothing left to
 * begin but what media that came late ask for.
 */
export function beginDeletion(
  entry: RecordingEntry,
  { cause, classes, now, ...ground }: DeletionOrder,
): RecordingEntry {
  if (classes === undefined) {
    if (entry.deletion !== undefined && entry.deletion.completedAt === undefined) return entry;
    return { ...entry, deletion: startDeletion(latestDeletion(entry), cause, now, ground) };
  }
  const begun = entry.deletion !== undefined;
  const wanted = classes.filter((each) => !begun && !isBeingDeleted(entry, each));
  if (wanted.length === 0) return entry;
  return withDeletion(entry, startDeletion(latestDeletion(entry), cause, now, { ...ground, classes: wanted }));
}

/** Deletions of single classes, oldest first. */
const partsOf = (entry: RecordingEntry): readonly Deletion[] => entry.partDeletions ?? [];

export const deletionsOf = (entry: RecordingEntry): readonly Deletion[] =>
  entry.deletion === undefined ? partsOf(entry) : [...partsOf(entry), entry.deletion];

/** The one with the highest number. */
export const latestDeletion = (entry: RecordingEntry): Deletion | undefined =>
  deletionsOf(entry)
    .toSorted((a, b) => a.number - b.number)
    .at(-1);

export const deletionNumbered = (entry: RecordingEntry, number: number): Deletion | undefined =>
  deletionsOf(entry).find((each) => each.number === number);

/** Puts a deletion in the place of the one of its number, or beside the others. */
export function withDeletion(entry: RecordingEntry, deletion: Deletion): RecordingEntry {
  if (deletion.classes === undefined) return { ...entry, deletion };
  const others = partsOf(entry).filter(({ number }) => number !== deletion.number);
  return { ...entry, partDeletions: [...others, deletion].toSorted((a, b) => a.number - b.number) };
}

/** Whether no earlier deletion was of the same. */
export const isFirst = (entry: RecordingEntry, { number, classes }: Deletion): boolean => {
  const earlier = partsOf(entry).filter((each) => each.number < number);
  if (classes === undefined) return earlier.length === number - 1;
  return !earlier.some((each) => classes.every((wanted) => each.classes?.includes(wanted)));
};

const isBeingDeleted = (entry: RecordingEntry, dataClass: DataClass): boolean =>
  partsOf(entry).some(({ classes, completedAt }) => completedAt === undefined && classes?.includes(dataClass));

/** Whether a class is on its way out or gone, with nothing stored since: what else is planned for it has been done. */
export function isClassDeleted(entry: RecordingEntry, dataClass: DataClass, storedAt: Date | undefined): boolean {
  if (entry.deletion !== undefined) return true;
  return partsOf(entry).some(
    ({ classes, startedAt, completedAt }) =>
      classes?.includes(dataClass) && (completedAt === undefined || storedAt === undefined || storedAt <= startedAt),
  );
}
