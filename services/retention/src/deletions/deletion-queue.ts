import type { RecordingKey } from '../change-recording.ts';

/** Names one deletion of a recording. */
export interface DeletionKey extends RecordingKey {
  deletion: number;
}

/** Hands out deletions that are to be attempted now; nobody else gets them until the lease is over. */
export interface DeletionQueue {
  takeDueDeletions(now: Date, leaseMs: number, limit: number): Promise<DeletionKey[]>;
  /** @returns false when the lease is not `from` any more */
  renewLease(key: DeletionKey, lease: { from: Date; until: Date }): Promise<boolean>;
}
