import type { ObjectStore } from '@onrecord/shared/object-store/port';
import type { RecordingLedger } from '../change-recording.ts';
import type { RecordingEntry } from '../domain/custody.ts';
import type { LockOrder, LockResult } from '../ledger/holds/locks.ts';
import { messageOf, summary } from '../places/failures.ts';
import { prefixesOf } from '../places/objects.ts';

export interface LockContext {
  objects: Pick<ObjectStore, 'uri' | 'objectLock' | 'setLegalHold'>;
  clock: () => Date;
}

/** A store that is away, or that refuses, is asked again: the longest wait is what a lock may be late by. */
const RETRY_DELAYS_MS: readonly number[] = [5_000, 30_000, 300_000];

/**
 * Brings the legal holds of a recording's objects to what the ledger wants, on a store that enforces them; on another one the ledger
 * refuses alone.
 */
export async function lockHeld(
  ledger: RecordingLedger,
  order: LockOrder,
  { objects, clock }: LockContext,
): Promise<LockResult> {
  const retryAt = () => {
    const delayMs = RETRY_DELAYS_MS[Math.min(order.attempts, RETRY_DELAYS_MS.length - 1)] ?? 0;
    return new Date(clock().getTime() + delayMs);
  };
  try {
    const { isEnforced } = await objects.objectLock();
    if (!isEnforced) return { enforcement: 'ledger' };
    const entry = await ledger.change(order, () => undefined);
    if (entry === undefined) return { enforcement: 'ledger' };
    const { versions, failures } = await setEach(objects, entry, order, clock);
    if (failures.length === 0) return { enforcement: 'object-lock', confirmedAt: clock(), versions };
    return { enforcement: 'object-lock', versions, failure: summary(failures), retryAt: retryAt() };
  } catch (error) {
    return { enforcement: 'ledger', failure: messageOf(error), retryAt: retryAt() };
  }
}

async function setEach(
  objects: LockContext['objects'],
  entry: RecordingEntry,
  { isWanted, leasedUntil }: LockOrder,
  clock: () => Date,
): Promise<{ versions: number; failures: string[] }> {
  const { archive } = entry;
  let versions = 0;
  const failures: string[] = [];
  if (archive !== undefined && archive.store !== objects.uri) {
    failures.push(`its archive is in ${archive.store} and this service has opened ${objects.uri}`);
  }
  for (const prefix of prefixesOf(entry)) {
    // Somebody else may be at it by now, with a later order.
    if (clock() >= leasedUntil) return { versions, failures: ['it took too long'] };
    const { confirmed, failed } = await objects.setLegalHold(prefix, isWanted);
    versions += confirmed.length;
    failures.push(...failed.map(({ key, reason }) => `${key}: ${reason}`));
  }
  return { versions, failures };
}
