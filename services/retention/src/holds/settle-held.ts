import type { ObjectStore } from '@onrecord/shared/object-store/port';
import type { RecordingKey, RecordingLedger } from '../change-recording.ts';
import { deletionsOf } from '../domain/begin-deletion.ts';
import { hasLateMedia, type RecordingEntry } from '../domain/custody.ts';
import { stillInFlight } from '../domain/held.ts';
import type { Found } from '../ledger/holds/settlements.ts';
import { prefixesOf } from '../places/objects.ts';
import type { SourcePlace } from '../places/twilio.ts';

export interface SettleContext {
  objects: Pick<ObjectStore, 'uri' | 'listVersions'>;
  source: Pick<SourcePlace, 'look'>;
  clock: () => Date;
}

export interface SettlementStore {
  defer(key: RecordingKey, until: Date): Promise<void>;
  settle(key: RecordingKey, found: Found): Promise<void>;
}

/** A store in which nothing can be looked up now is asked again after this. */
const RETRY_MS = 10_000;
const BUSY_RETRY_MS = 1_000;

/**
 * Finds out what was left of a recording that came under a hold when its deletion had begun. Not before every attempt that may have been
 * taking something away has ended, or can take nothing away any more.
 */
export async function settleHeld(
  ledger: RecordingLedger,
  store: SettlementStore,
  key: RecordingKey,
  context: SettleContext,
): Promise<void> {
  const entry = await ledger.change(key, () => undefined);
  if (entry === undefined) return;
  const now = context.clock();
  // Most attempts end long before they have to.
  const isBusy = stillInFlight(entry, entry.readAt ?? now).length > 0;
  if (isBusy) return store.defer(key, new Date(now.getTime() + BUSY_RETRY_MS));
  const found = await lookFor(entry, context).catch(() => undefined);
  if (found === undefined) return store.defer(key, new Date(now.getTime() + RETRY_MS));
  await store.settle(key, found);
}

async function lookFor(entry: RecordingEntry, { objects, source }: SettleContext): Promise<Found | undefined> {
  if (isAllGone(entry)) return { objects: [], source: 'gone' };
  // What is in another store cannot be seen from here.
  if (entry.archive !== undefined && entry.archive.store !== objects.uri) return undefined;
  const found: { key: string; versionId?: string }[] = [];
  for (const prefix of prefixesOf(entry)) {
    for await (const { key, versionId, isDeleteMarker } of objects.listVersions(prefix)) {
      if (!isDeleteMarker) found.push({ key, ...(versionId !== undefined && { versionId }) });
    }
  }
  const shown = await source.look(entry.facts.recording).catch(() => undefined);
  return { objects: found, source: shown && (shown === 'recording' ? 'kept' : 'gone') };
}

/** Its own deletion was confirmed everywhere before the hold came. */
const isAllGone = (entry: RecordingEntry): boolean =>
  entry.deletion?.completedAt !== undefined &&
  !hasLateMedia(entry) &&
  deletionsOf(entry).every(({ completedAt }) => completedAt !== undefined);
