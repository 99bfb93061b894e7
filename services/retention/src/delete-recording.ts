import type { OnrecordEvent } from '@onrecord/shared/events';
import { boundedWaitMs } from '@onrecord/shared/http/retry-after';
import type { Change, DueLedger, RecordingKey, RecordingLedger } from './change-recording.ts';
import { planDeletion, type RecordingEntry } from './domain/custody.ts';
import { folderOf } from './domain/decision-events.ts';
import {
  closeDeletion,
  type DeletionAttempt,
  evolveDeletion,
  isNews,
  type SourceProgress,
  startDeletion,
} from './domain/deletion.ts';
import { deletedEvent } from './domain/deletion-event.ts';
import type { RetentionPolicy } from './domain/policy.ts';

/** Where objects are: deletes every version under a prefix and lists afresh. */
interface ObjectPlace {
  /** How the store is named in events. */
  readonly uri: string;
  deleteAllVersions(prefix: string): Promise<{
    deleted: readonly { key: string; versionId?: string }[];
    remaining: readonly { key: string; reason?: string }[];
  }>;
}

/** Twilio's copy. */
export interface SourcePlace {
  /**
   * Deletes and confirms by a fresh look. `knownSince` is when the recording was made, as far as the ledger knows.
   * @throws an error whose message says what to do; `retryAfterMs` where Twilio named a time
   */
  deleteAndConfirm(key: RecordingKey, knownSince: Date): Promise<'deleted' | 'already-gone'>;
}

/** Hands out deletions that are to be attempted now; nobody else gets them until the lease is over. */
export interface DeletionQueue {
  takeDueDeletions(now: Date, leaseMs: number, limit: number): Promise<RecordingKey[]>;
}

/** Begins the deletions that are due. @returns how many recordings were due, at most `limit` */
export async function beginDueDeletions(
  ledger: DueLedger,
  policy: RetentionPolicy,
  now: Date,
  limit: number,
): Promise<number> {
  const begin: Change = (entry) => {
    const plan = planDeletion(entry, policy);
    // The plan may have moved since it was saved, for instance by a longer retention period: saving it again is enough.
    if (plan === undefined || plan.deleteAfter > now) return { entry, events: [] };
    return { entry: { ...entry, deletion: startDeletion(entry.deletion, plan.cause, now) }, events: [] };
  };
  return (await ledger.changeDue('deletion', now, limit, begin)).due;
}

export interface DeleteContext {
  objects: ObjectPlace;
  source: SourcePlace;
  clock: () => Date;
}

/**
 * One attempt at a deletion that has begun: tries every place, writes down what is confirmed and what is not, and tells the
 * world only when both are gone. It can be repeated, and resumed after a crash, at any point. One that is completed is looked
 * at once more.
 * @returns the entry after an attempt
 */
export async function attemptDeletion(
  ledger: RecordingLedger,
  key: RecordingKey,
  { objects, source, clock }: DeleteContext,
): Promise<RecordingEntry | undefined> {
  const known = await ledger.change(key, () => undefined);
  if (known?.deletion === undefined) return undefined;
  if (known.deletion.completedAt !== undefined) return lookOnceMore(ledger, key, known, { objects, clock });
  const [fromStore, fromTwilio] = await Promise.all([
    deleteObjects(objects, known, clock),
    deleteSource(source, key, known.facts.recording.startedAt ?? known.facts.recording.reportedAt, clock),
  ]);
  const attempt: DeletionAttempt = { objects: fromStore, ...fromTwilio };
  return ledger.change(key, (entry) => {
    if (entry.deletion === undefined) return undefined;
    const next = { ...entry, deletion: evolveDeletion(entry.deletion, attempt, clock()) };
    const completed = entry.deletion.completedAt === undefined && next.deletion.completedAt !== undefined;
    const isTold = completed && isNews(next.deletion);
    const events: OnrecordEvent[] = isTold ? [deletedEvent(next.facts.recording, next.deletion)] : [];
    return { entry: next, events };
  });
}

/** Empties the folders of a completed deletion again; another one begins when there was anything, or when that cannot be told. */
async function lookOnceMore(
  ledger: RecordingLedger,
  key: RecordingKey,
  known: RecordingEntry,
  { objects, clock }: Pick<DeleteContext, 'objects' | 'clock'>,
): Promise<undefined> {
  const { deleted, failure } = await deleteObjects(objects, known, clock);
  const isClean = deleted.length === 0 && failure === undefined;
  await ledger.change(key, ({ deletion, ...entry }) => {
    // Another one that began meanwhile looks by itself.
    if (deletion?.completedAt === undefined || deletion.number !== known.deletion?.number) return undefined;
    const next = isClean ? closeDeletion(deletion) : startDeletion(deletion, deletion.cause, clock(), deleted);
    return { entry: { ...entry, deletion: next }, events: [] };
  });
}

/** Every folder that may hold something of the recording. */
const prefixesOf = ({ prefix, archive, facts }: RecordingEntry): string[] => {
  // Cleared once, and again after Twilio told more of the recording: the transcriber may have been sent to two folders.
  const sentTo = prefix === undefined ? [] : [prefix, folderOf(facts.recording)];
  return [...new Set(archive === undefined ? sentTo : [...sentTo, archive.prefix])];
};

/** Nothing found in one store says nothing of what is in another. */
const archivedElsewhere = ({ archive }: RecordingEntry, uri: string): string[] =>
  archive === undefined || archive.store === uri
    ? []
    : [`its archive is in ${archive.store} and this service has opened ${uri}: start it with that RECORDINGS_BUCKET`];

async function deleteObjects(
  objects: ObjectPlace,
  known: RecordingEntry,
  clock: () => Date,
): Promise<DeletionAttempt['objects']> {
  const begunAt = clock();
  const deleted: { key: string; versionId?: string | undefined }[] = [];
  const failures = archivedElsewhere(known, objects.uri);
  for (const prefix of prefixesOf(known)) {
    try {
      const report = await objects.deleteAllVersions(prefix);
      deleted.push(...report.deleted.map(({ key, versionId }) => ({ key, versionId })));
      failures.push(
        ...report.remaining.map(({ key, reason }) => `${key} is still there${reason ? `: ${reason}` : ''}`),
      );
    } catch (error) {
      failures.push(messageOf(error));
    }
  }
  return failures.length === 0 ? { deleted, confirmedAt: begunAt } : { deleted, failure: summary(failures) };
}

async function deleteSource(
  source: SourcePlace,
  key: RecordingKey,
  knownSince: Date,
  clock: () => Date,
): Promise<{ source: SourceProgress; retryAfterMs?: number }> {
  try {
    return { source: { outcome: await source.deleteAndConfirm(key, knownSince), confirmedAt: clock() } };
  } catch (error) {
    const asked = error instanceof Error && 'retryAfterMs' in error ? error.retryAfterMs : undefined;
    const retryAfterMs = boundedWaitMs(asked);
    return { source: { failure: messageOf(error) }, ...(retryAfterMs ? { retryAfterMs } : {}) };
  }
}

/** A folder can hold thousands of objects that all fail for one reason. */
const NAMED_FAILURES_MAX = 3;

const summary = (failures: readonly string[]) =>
  failures.slice(0, NAMED_FAILURES_MAX).join('; ') +
  (failures.length > NAMED_FAILURES_MAX ? `; and ${failures.length - NAMED_FAILURES_MAX} more` : '');

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
