import { type OnrecordEvent, withdrawalsFolder } from '@onrecord/shared/events';
import { boundedWaitMs } from '@onrecord/shared/http/retry-after';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import type { Change, DueLedger, RecordingKey, RecordingLedger } from './change-recording.ts';
import type { RecordingEntry } from './domain/custody.ts';
import { folderOf } from './domain/decision-events.ts';
import {
  closeDeletion,
  type DeletionAttempt,
  evolveDeletion,
  isNews,
  noteFound,
  type SourceProgress,
  startDeletion,
} from './domain/deletion.ts';
import { deletedEvent } from './domain/deletion-event.ts';
import { planDeletion } from './domain/plan-deletion.ts';
import { withdrawClearance } from './withdraw-clearance.ts';

interface StoredObject {
  key: string;
  versionId?: string;
}

/** Where objects are: shows what is under a prefix, deletes every version of it and lists afresh. */
interface ObjectPlace extends Pick<ObjectStore, 'put'> {
  /** How the store is named in events. */
  readonly uri: string;
  deleteAllVersions(
    prefix: string,
    before?: (found: readonly StoredObject[]) => Promise<void>,
  ): Promise<{
    deleted: readonly StoredObject[];
    remaining: readonly { key: string; reason?: string }[];
  }>;
}

/** Twilio's copy. */
export interface SourcePlace {
  /**
   * Deletes and confirms by a fresh look. `knownSince` is when the recording was made, as far as the ledger knows; `before` is
   * called while Twilio still has it, and nothing is deleted when that fails.
   * @throws an error whose message says what to do; `retryAfterMs` where Twilio named a time
   */
  deleteAndConfirm(
    key: RecordingKey,
    knownSince: Date,
    before: () => Promise<void>,
  ): Promise<'deleted' | 'already-gone'>;
}

/** Hands out deletions that are to be attempted now; nobody else gets them until the lease is over. */
export interface DeletionQueue {
  takeDueDeletions(now: Date, leaseMs: number, limit: number): Promise<RecordingKey[]>;
  /** @returns false when the lease is not `from` any more */
  renewLease(key: RecordingKey, lease: { from: Date; until: Date }): Promise<boolean>;
}

/** Begins the deletions that are due. @returns how many were due of the account with the most, at most `limit` */
export async function beginDueDeletions(ledger: DueLedger, now: Date, limit: number): Promise<number> {
  const begin: Change = (entry, policy) => {
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
 * One attempt at a deletion that has begun: tries every place, writes down what is there before it goes, then what is confirmed
 * and what is not, and tells the world only when both are gone. It can be repeated, and resumed after a crash, at any point. One
 * that is completed is looked at once more.
 * @returns the entry after an attempt
 */
export async function attemptDeletion(
  ledger: RecordingLedger,
  key: RecordingKey,
  { objects, source, clock }: DeleteContext,
): Promise<RecordingEntry | undefined> {
  const known = await ledger.change(key, () => undefined);
  if (known?.deletion === undefined) return undefined;
  const note: Note = async (found) => {
    const add: Change = ({ deletion, ...entry }) =>
      deletion && { entry: { ...entry, deletion: noteFound(deletion, found, clock()) }, events: [] };
    await ledger.change(key, add).catch((cause) => {
      throw new Error(`what is there could not be written down: ${messageOf(cause)}`, { cause });
    });
  };
  if (known.deletion.completedAt !== undefined) return lookOnceMore(ledger, key, known, { objects, clock, note });
  const unfiled = await withdrawClearance(known, known.deletion, objects);
  const [fromStore, fromTwilio] = await Promise.all([
    deleteObjects(objects, known, { clock, note, unfiled }),
    deleteSource(source, known, clock, note),
  ]);
  const attempt: DeletionAttempt = { objects: fromStore, ...fromTwilio };
  return ledger.change(key, (entry) => {
    // Another one that began meanwhile is not confirmed by what was looked at before.
    if (entry.deletion === undefined || entry.deletion.number !== known.deletion?.number) return undefined;
    const next = { ...entry, deletion: evolveDeletion(entry.deletion, attempt, clock()) };
    const completed = entry.deletion.completedAt === undefined && next.deletion.completedAt !== undefined;
    const isTold = completed && isNews(next.deletion);
    const events: OnrecordEvent[] = isTold ? [deletedEvent(next.facts.recording, next.deletion)] : [];
    return { entry: next, events };
  });
}

/** Writes down what is about to be deleted. */
type Note = (found: Parameters<typeof noteFound>[1]) => Promise<void>;

/** Empties the folders of a completed deletion again; another one begins when there is anything, or when that cannot be told. */
async function lookOnceMore(
  ledger: RecordingLedger,
  key: RecordingKey,
  known: RecordingEntry,
  { objects, clock, note }: Pick<DeleteContext, 'objects' | 'clock'> & { note: Note },
): Promise<undefined> {
  const { failure } = await deleteObjects(objects, known, { clock, note });
  // Needed while a clearance could come round to what is being deleted, which has long been gone by now. Nothing of the recording is in it.
  if (failure === undefined) await objects.deleteAllVersions(withdrawalsFolder(key));
  await ledger.change(key, ({ deletion, ...entry }) => {
    // Another one that began meanwhile, also with what was found just now, looks by itself.
    if (deletion?.completedAt === undefined || deletion.number !== known.deletion?.number) return undefined;
    const isClean = failure === undefined;
    const next = isClean ? closeDeletion(deletion) : startDeletion(deletion, deletion.cause, clock());
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
  { clock, note, unfiled = [] }: Pick<DeleteContext, 'clock'> & { note: Note; unfiled?: readonly string[] },
): Promise<DeletionAttempt['objects']> {
  const begunAt = clock();
  const found = [...(known.deletion?.objects.found ?? [])];
  const deleted: ReturnType<typeof nameOf>[] = [];
  const failures = [...unfiled, ...archivedElsewhere(known, objects.uri)];
  for (const prefix of prefixesOf(known)) {
    try {
      const report = await objects.deleteAllVersions(prefix, async (batch) => {
        found.push(...batch.map(nameOf));
        await note({ objects: batch.map(nameOf) });
      });
      deleted.push(...report.deleted.map(nameOf));
      failures.push(
        ...report.remaining.map(({ key, reason }) => `${key} is still there${reason ? `: ${reason}` : ''}`),
      );
    } catch (error) {
      failures.push(messageOf(error));
    }
  }
  return { found, deleted, ...(failures.length === 0 ? { confirmedAt: begunAt } : { failure: summary(failures) }) };
}

const nameOf = ({ key, versionId }: StoredObject) => ({ key, versionId });

async function deleteSource(
  source: SourcePlace,
  { facts: { recording } }: RecordingEntry,
  clock: () => Date,
  note: Note,
): Promise<{ source: SourceProgress; retryAfterMs?: number }> {
  try {
    const knownSince = recording.startedAt ?? recording.reportedAt;
    const outcome = await source.deleteAndConfirm(recording, knownSince, () => note({ seenAt: clock() }));
    return { source: { outcome, confirmedAt: clock() } };
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
