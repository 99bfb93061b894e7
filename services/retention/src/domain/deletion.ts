export type DeletionCause = 'refusal' | 'withdrawal' | 'schedule' | 'operator' | 'erasure';

interface DeletedObject {
  key: string;
  versionId?: string | undefined;
}

/** The recording's folder in the object store. */
interface ObjectsProgress {
  /** What was there and was to be deleted, over all attempts; written down before any of it was touched. */
  found: readonly DeletedObject[];
  /** Everything that was deleted so far, over all attempts. */
  deleted: readonly DeletedObject[];
  /** When the listing that showed nothing was begun: what arrives later is not covered by it. */
  confirmedAt?: Date | undefined;
  failure?: string | undefined;
}

/** Twilio's copy. */
export interface SourceProgress {
  /** When Twilio last had its copy; written down before it was asked to delete it. */
  seenAt?: Date | undefined;
  outcome?: 'deleted' | 'already-gone' | undefined;
  confirmedAt?: Date | undefined;
  failure?: string | undefined;
}

/** One run of the deletion of one recording: every place is tried in every attempt until all are confirmed in the same one. */
export interface Deletion {
  /** Counts this recording's deletions from 1. */
  number: number;
  cause: DeletionCause;
  startedAt: Date;
  attempts: number;
  /** Once it is completed: when its folders are looked at once more; absent when they were. */
  nextAttemptAt?: Date | undefined;
  objects: ObjectsProgress;
  source: SourceProgress;
  completedAt?: Date | undefined;
}

export type DeletionStatus = 'running' | 'partial' | 'failing' | 'done';

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
const SECOND_LOOK_DELAY_MS = 24 * 3_600_000;

export const startDeletion = (previous: Deletion | undefined, cause: DeletionCause, now: Date): Deletion => ({
  number: (previous?.number ?? 0) + 1,
  cause,
  startedAt: now,
  attempts: 0,
  nextAttemptAt: now,
  objects: { found: [], deleted: [] },
  source: {},
});

/** The second look found nothing: that was the last one. */
export const closeDeletion = (deletion: Deletion): Deletion => ({ ...deletion, nextAttemptAt: undefined });

/**
 * Notes what is about to be deleted, so that no crash can make it "nothing was there". A completed deletion has told what it did:
 * what is found after it, by the second look or by an attempt that was overtaken, begins another one.
 */
export function noteFound(
  deletion: Deletion,
  found: { objects?: readonly DeletedObject[]; seenAt?: Date },
  now: Date,
): Deletion {
  const running = deletion.completedAt === undefined ? deletion : startDeletion(deletion, deletion.cause, now);
  return {
    ...running,
    objects: { ...running.objects, found: union(running.objects.found, found.objects ?? []) },
    source: { ...running.source, seenAt: found.seenAt ?? running.source.seenAt },
  };
}

/** Adds an attempt's findings: done only when this one attempt confirmed both places. */
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
  const done = confirmedAt !== undefined && attempt.source.confirmedAt !== undefined && isCovered;
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

function union(known: readonly DeletedObject[], more: readonly DeletedObject[]): DeletedObject[] {
  const byName = new Map([...known, ...more].map((object) => [`${object.key}\n${object.versionId ?? ''}`, object]));
  return [...byName.values()];
}

/** Whether a completed deletion took anything away: the first one is always told of, a repeated one that found nothing is not. */
export const isNews = ({ number, objects, source }: Deletion): boolean =>
  number === 1 || objects.deleted.length > 0 || source.outcome === 'deleted';

export function deletionStatus(deletion: Deletion): DeletionStatus {
  if (deletion.completedAt !== undefined) return 'done';
  const { objects, source } = deletion;
  if (objects.failure === undefined && source.failure === undefined) return 'running';
  return objects.confirmedAt !== undefined || source.confirmedAt !== undefined ? 'partial' : 'failing';
}

/** The reason of each place that is not confirmed yet. */
export const deletionFailures = ({ objects, source }: Deletion): { place: 'objects' | 'twilio'; reason: string }[] => [
  ...(objects.failure === undefined ? [] : [{ place: 'objects' as const, reason: objects.failure }]),
  ...(source.failure === undefined ? [] : [{ place: 'twilio' as const, reason: source.failure }]),
];
