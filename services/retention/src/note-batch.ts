import type { RecordingLedger } from './change-recording.ts';
import type { DeletionKey } from './deletion-queue.ts';
import { deletionNumbered, latestDeletion, withDeletion } from './domain/begin-deletion.ts';
import { noteFound } from './domain/deletion.ts';
import { messageOf } from './places/failures.ts';

/** Writes down what is about to be deleted. @throws when it cannot be, or may not go any more: then nothing of it is deleted */
export type NoteBatch = (found: Parameters<typeof noteFound>[1]) => Promise<void>;

/** Each batch in a transaction of its own, with the recording locked: whatever forbids the deletion of a batch is seen here or comes after it. */
export const notingBatches =
  (ledger: RecordingLedger, key: DeletionKey, clock: () => Date): NoteBatch =>
  async (found) => {
    await ledger
      .change(key, (entry) => {
        const deletion = deletionNumbered(entry, key.deletion);
        if (deletion === undefined) return undefined;
        const noted = noteFound(deletion, found, clock(), latestDeletion(entry));
        return { entry: withDeletion(entry, noted), events: [] };
      })
      .catch((cause) => {
        throw new Error(`what is there could not be written down: ${messageOf(cause)}`, { cause });
      });
  };
