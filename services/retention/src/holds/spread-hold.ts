import type { RecordingLedger } from '../change-recording.ts';
import type { Spread } from '../ledger/holds/spreads.ts';

/** Where a hold's progress is kept. */
export interface SpreadStore {
  readPage(spread: Spread, limit: number): Promise<{ recordingSids: string[]; next: string | undefined }>;
  turnPage(spread: Spread, next: string | undefined, dueAt: Date): Promise<void>;
}

/** Each recording is a transaction of a few milliseconds. */
const PAGE_RECORDINGS = 50;

/**
 * Goes through a page of the recordings that a hold may cover, or that a released one has covered, and plans each anew. What a hold
 * covers is decided on each recording with its row locked, and the hold was committed before: a recording that comes in meanwhile is
 * either among those that are gone through, or its own facts are committed later and find the hold.
 * @param dueAt when somebody else goes on, should this be cut off
 * @returns what is left; `undefined` when that was the last page
 */
export async function spreadPage(
  ledger: RecordingLedger,
  store: SpreadStore,
  spread: Spread,
  dueAt: Date,
): Promise<Spread | undefined> {
  const { recordingSids, next } = await store.readPage(spread, PAGE_RECORDINGS);
  for (const recordingSid of recordingSids) {
    await ledger.change({ accountSid: spread.accountSid, recordingSid }, (entry) => ({ entry, events: [] }));
  }
  await store.turnPage(spread, next, dueAt);
  return next === undefined ? undefined : { ...spread, after: next };
}
