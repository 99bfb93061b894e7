import type { RecordingKey } from './change-recording.ts';
import type { DeletionQueue } from './delete-recording.ts';

/** A renewal may be late or fail once before the lease is over. */
const RENEWALS_PER_LEASE = 3;

/**
 * Keeps a deletion to this worker while its attempt takes: a store that stalls can stretch it far beyond any lease. One that is lost
 * all the same costs the same requests twice, and no evidence.
 */
export async function holdLease<T>(
  queue: Pick<DeletionQueue, 'renewLease'>,
  key: RecordingKey,
  { takenAt, leaseMs, clock }: { takenAt: Date; leaseMs: number; clock: () => Date },
  attempt: () => Promise<T>,
): Promise<T> {
  let from = new Date(takenAt.getTime() + leaseMs);
  const renew = async () => {
    const until = new Date(clock().getTime() + leaseMs);
    if (await queue.renewLease(key, { from, until })) from = until;
  };
  const renewing = setInterval(() => void renew().catch(() => {}), leaseMs / RENEWALS_PER_LEASE);
  return attempt().finally(() => clearInterval(renewing));
}
