import {
  type DeletedObject,
  type Deletion,
  isOfObjects,
  isOfSource,
  type ObjectsProgress,
  type SourceProgress,
  union,
} from './deletion.ts';

export const DELETION_STATUSES = ['running', 'partial', 'failing', 'done'] as const;
export type DeletionStatus = (typeof DELETION_STATUSES)[number];

/** What one attempt found in each place. */
export interface DeletionAttempt {
  objects: Omit<ObjectsProgress, 'found'> & {
    /** What this attempt's last listing speaks of: found by itself and by those before it. */
    found?: readonly DeletedObject[] | undefined;
  };
  source: SourceProgress;
  /** A place asked for patience (Retry-After, or a recording that is not complete yet). */
  retryAfterMs?: number | undefined;
}

/** A storage or Twilio outage of days must not turn into a request a second, nor into a deletion that is forgotten. */
const DELETION_RETRY_DELAYS_MS: readonly number[] = [10_000, 60_000, 600_000, 3_600_000];

/**
 * When a completed deletion's folders are looked at once more. A relay that was under way when they were found empty can still
 * write there, and be ended before it says so; the transcriber lets none take longer than 12 hours (RELAY_TIMEOUT).
 */
export const SECOND_LOOK_DELAY_MS = 24 * 3_600_000;

/** Adds an attempt's findings: done only when this one attempt confirmed every place that the deletion is about. */
export function evolveDeletion(
  deletion: Deletion,
  attempt: DeletionAttempt,
  now: Date,
  delaysMs: readonly number[] = DELETION_RETRY_DELAYS_MS,
): Deletion {
  if (deletion.completedAt !== undefined) return deletion;
  const { found = [], confirmedAt } = attempt.objects;
  const gone = confirmedAt === undefined ? attempt.objects.deleted : union(attempt.objects.deleted, found);
  // What an attempt beside this one has found since is not covered by this one's listing.
  const isCovered = union(found, deletion.objects.found).length === union(found, []).length;
  const done =
    (!isOfObjects(deletion) || (confirmedAt !== undefined && isCovered)) &&
    (!isOfSource(deletion) || attempt.source.confirmedAt !== undefined);
  const retryMs = Math.max(delaysMs[Math.min(deletion.attempts, delaysMs.length - 1)] ?? 0, attempt.retryAfterMs ?? 0);
  return {
    ...deletion,
    attempts: deletion.attempts + 1,
    nextAttemptAt: new Date(now.getTime() + (done ? SECOND_LOOK_DELAY_MS : retryMs)),
    objects: { ...attempt.objects, found: deletion.objects.found, deleted: union(deletion.objects.deleted, gone) },
    source: {
      ...attempt.source,
      seenAt: deletion.source.seenAt,
      outcome: firstOutcome(deletion.source, attempt.source),
    },
    completedAt: done ? now : undefined,
  };
}

/** `deleted` by an earlier attempt, written down or not, stays `deleted` when a later one finds it gone. */
const firstOutcome = (known: SourceProgress, found: SourceProgress) =>
  known.outcome ?? (found.outcome !== undefined && known.seenAt !== undefined ? 'deleted' : found.outcome);

/** Whether a completed deletion took anything away. */
export const tookAnything = ({ objects, source }: Deletion): boolean =>
  objects.deleted.length > 0 || source.outcome === 'deleted';

export function deletionStatus(deletion: Deletion): DeletionStatus {
  if (deletion.completedAt !== undefined) return 'done';
  const { objects, source } = deletion;
  if (objects.failure === undefined && source.failure === undefined) return 'running';
  return isPartlyGone(deletion) ? 'partial' : 'failing';
}

/** Also a single version of many, and what an earlier attempt took where the last one could ask nobody. */
const isPartlyGone = ({ objects, source }: Deletion): boolean =>
  objects.confirmedAt !== undefined ||
  objects.deleted.length > 0 ||
  source.confirmedAt !== undefined ||
  source.outcome !== undefined;

/** The reason of each place that is not confirmed yet. */
export const deletionFailures = ({ objects, source }: Deletion): { place: 'objects' | 'twilio'; reason: string }[] => [
  ...(objects.failure === undefined ? [] : [{ place: 'objects' as const, reason: objects.failure }]),
  ...(source.failure === undefined ? [] : [{ place: 'twilio' as const, reason: source.failure }]),
];
