import type { DeletionKey, DeletionQueue } from './deletion-queue.ts';

/** A renewal may be late or fail once before the lease is over. */
const RENEWALS_PER_LEASE = 3;
/** Before these the lease is over long ago. */
const ENDS_MAX = RENEWALS_PER_LEASE;

/**
 * Keeps a deletion to this worker while its attempt takes: a store that stalls can stretch it far beyond any lease. One that is lost
 * all the same costs the same requests twice, and no evidence.
 */
export async function holdLease<T>(
  queue: Pick<DeletionQueue, 'renewLease'>,
  key: DeletionKey,
  { takenAt, leaseMs, clock }: { takenAt: Date; leaseMs: number; clock: () => Date },
  attempt: () => Promise<T>,
): Promise<T> {
  // More than one where a renewal's answer was lost: the ledger may have the old end of the lease, or the new one.
  let ends = [new Date(takenAt.getTime() + leaseMs)];
  let isRenewing = false;
  const renew = async () => {
    // Of two at a time the later answer would be taken for the later end; and a slow database would only be asked more.
    if (isRenewing) return;
    isRenewing = true;
    const until = new Date(clock().getTime() + leaseMs);
    const before = ends;
    ends = [...before, until].slice(-ENDS_MAX);
    try {
      for (const from of before.toReversed()) {
        if (!(await queue.renewLease(key, { from, until }))) continue;
        ends = [until];
        return;
      }
      ends = before;
    } finally {
      isRenewing = false;
    }
  };
  const renewing = setInterval(() => void renew().catch(() => {}), leaseMs / RENEWALS_PER_LEASE);
  return attempt().finally(() => clearInterval(renewing));
}
