import type { Pool } from 'pg';
import type { RecordingKey, RecordingLedger } from '../change-recording.ts';
import { finishLock, takeDueLocks } from '../ledger/holds/locks.ts';
import { deferSettlement, settle, takeDueSettlements, unsettledOf } from '../ledger/holds/settlements.ts';
import { readPage, type Spread, takeDueSpreads, turnPage } from '../ledger/holds/spreads.ts';
import type { Pseudonyms } from '../pseudonyms.ts';
import { type LockContext, lockHeld } from './lock-held.ts';
import { type SettleContext, type SettlementStore, settleHeld } from './settle-held.ts';
import { spreadPage } from './spread-hold.ts';

export interface HoldWorkContext extends Pick<SettleContext, 'source' | 'clock'> {
  pool: Pool;
  pseudonyms: Pseudonyms;
  ledger: RecordingLedger;
  objects: LockContext['objects'] & SettleContext['objects'];
  /** A worker that dies leaves what it had taken for so long, in milliseconds. */
  leaseMs?: number | undefined;
}

const LEASE_MS = 60_000;
/** Twilio did not say whether it still has its copy. */
const SOURCE_RETRY_MS = 60_000;
const SPREADS_AT_ONCE = 4;
const RECORDINGS_AT_ONCE = 8;
const UNSETTLED_AT_ONCE = 100;

/** What follows from holds, a portion at a time; each @returns whether there may be more at once. */
export function createHoldWork({
  pool,
  pseudonyms,
  ledger,
  objects,
  source,
  clock,
  leaseMs = LEASE_MS,
}: HoldWorkContext) {
  const lease = (accounts: readonly string[], limit: number) => ({ accounts, now: clock(), leaseMs, limit });
  const spread = (each: Spread, dueAt: Date) =>
    spreadPage(
      ledger,
      {
        readPage: (page, limit) => readPage(pool, page, limit),
        turnPage: (page, next, at) => turnPage(pool, page, next, at),
      },
      each,
      dueAt,
    );
  const store: SettlementStore = {
    defer: (key, until) => deferSettlement(pool, key, until),
    settle: (key, found) => {
      const now = clock();
      return settle(pool, key, { found, now, retryAt: new Date(now.getTime() + SOURCE_RETRY_MS) });
    },
  };
  const settleAll = (keys: readonly RecordingKey[]) =>
    Promise.all(keys.map((key) => settleHeld(ledger, store, key, { objects, source, clock })));
  return {
    spread,
    spreadDue: async (accounts: readonly string[]): Promise<boolean> => {
      const due = await takeDueSpreads(pool, pseudonyms, lease(accounts, SPREADS_AT_ONCE));
      const left = [];
      for (const each of due) left.push(await spread(each, clock()));
      return left.some((each) => each !== undefined) || due.length >= SPREADS_AT_ONCE;
    },
    lock: async (accounts: readonly string[]): Promise<boolean> => {
      const orders = await takeDueLocks(pool, lease(accounts, RECORDINGS_AT_ONCE));
      await Promise.all(
        orders.map(async (order) => finishLock(pool, order, await lockHeld(ledger, order, { objects, clock }))),
      );
      return orders.length >= RECORDINGS_AT_ONCE;
    },
    settleDue: async (accounts: readonly string[]): Promise<boolean> => {
      const keys = await takeDueSettlements(pool, lease(accounts, RECORDINGS_AT_ONCE));
      await settleAll(keys);
      return keys.length >= RECORDINGS_AT_ONCE;
    },
    /** @returns how many of the hold's recordings were looked at; none when all is known */
    settleOf: async ({ accountSid, hold }: Spread): Promise<number> => {
      const keys = await unsettledOf(pool, accountSid, hold.holdId, UNSETTLED_AT_ONCE);
      for (const chunk of chunksOf(keys, RECORDINGS_AT_ONCE)) await settleAll(chunk);
      return keys.length;
    },
  };
}

function* chunksOf<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
