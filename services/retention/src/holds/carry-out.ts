import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { RecordingLedger } from '../change-recording.ts';
import { type Spread, turnPage } from '../ledger/holds/spreads.ts';
import { createHoldWork, type HoldWorkContext } from './hold-work.ts';

export interface CarryOutContext extends HoldWorkContext {
  pool: Pool;
  ledger: RecordingLedger;
  /** How long a request that places or releases a hold works on it itself, in milliseconds; the sweeper does the rest. */
  budgetMs?: number | undefined;
}

/** Whoever waits for the answer of a hold would rather have the whole of it. */
const BUDGET_MS = 10_000;
const LOOK_EVERY_MS = 50;
/** The sweeper goes on with a hold whose request has not been heard of for so long. */
const LATE_MS = 30_000;

/**
 * Goes through what a hold covers, locks it and finds out what was gone, until all of it is done or the time is over. What fails is
 * the sweeper's: the hold stands since its commit, whatever happens here.
 */
export function createCarryOut({ budgetMs = BUDGET_MS, ...context }: CarryOutContext) {
  const { clock, pool } = context;
  const work = createHoldWork(context);
  const lateAt = (now: Date) => new Date(now.getTime() + LATE_MS);
  const carryOut = async (spread: Spread): Promise<void> => {
    const endMs = performance.now() + budgetMs;
    const isOver = () => performance.now() >= endMs;
    let left: Spread | undefined = spread;
    while (left !== undefined && !isOver()) left = await work.spread(left, lateAt(clock()));
    if (left !== undefined) await turnPage(pool, left, left.after, clock());
    const { accountSid } = spread;
    while (!isOver() && (await work.lock([accountSid]))) {}
    while (!isOver() && (await work.settleOf(spread)) > 0) await sleep(LOOK_EVERY_MS);
  };
  return Object.assign((spread: Spread) => carryOut(spread).catch(() => undefined), { lateAt });
}
