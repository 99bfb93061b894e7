import type { RecordingLedger } from '../change-recording.ts';
import { deletionNumbered, latestDeletion, withDeletion } from '../domain/begin-deletion.ts';
import { noteFound } from '../domain/deletion.ts';
import { allowDeletion, HeldError } from '../domain/held.ts';
import { messageOf } from '../places/failures.ts';
import type { DeletionKey } from './deletion-queue.ts';

/**
 * Writes down what is about to be deleted. @returns a signal: once it is aborted, nothing more of it may be deleted
 * @throws when it cannot be, or may not go any more: then nothing of it is deleted
 */
export type NoteBatch = (found: Parameters<typeof noteFound>[1]) => Promise<AbortSignal>;

export interface BatchLimits {
  /** How long a batch may take to be deleted once it is noted, in milliseconds: about what a store that stalls takes to fail. */
  allowedMs: number;
  /**
   * After so long, in milliseconds, whatever became of a batch it deletes nothing any more: longer than `allowedMs` by what a request that
   * was given up may still do at its server, and than the 65 s that Twilio's client tries for.
   */
  inFlightMs: number;
}

const BATCH_LIMITS: BatchLimits = { allowedMs: 60_000, inFlightMs: 90_000 };

/**
 * Each batch in a transaction of its own, with the recording locked: whatever forbids the deletion of a batch is seen here or comes after
 * it. A hold that comes after it sees by the name of the attempt that something may be on its way.
 */
export const notingBatches =
  (
    ledger: RecordingLedger,
    key: DeletionKey,
    { clock, attempt, limits = BATCH_LIMITS }: { clock: () => Date; attempt: string; limits?: BatchLimits | undefined },
  ): NoteBatch =>
  async (found) => {
    const allowed = AbortSignal.timeout(limits.allowedMs);
    await ledger
      .change(key, (entry) => {
        const deletion = deletionNumbered(entry, key.deletion);
        if (deletion === undefined) return undefined;
        const now = clock();
        const { readAt = now } = entry;
        const inFlight = { attempt, until: new Date(readAt.getTime() + limits.inFlightMs) };
        const noted = noteFound(deletion, found, now, latestDeletion(entry));
        return { entry: allowDeletion(withDeletion(entry, noted), inFlight, readAt), events: [] };
      })
      .catch((cause) => {
        if (cause instanceof HeldError) throw cause;
        throw new Error(`what is there could not be written down: ${messageOf(cause)}`, { cause });
      });
    return allowed;
  };
