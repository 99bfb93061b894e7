import { setTimeout as sleep } from 'node:timers/promises';

/** The time of one call, which runs faster than the wall's. */
export interface CallClock {
  /** Lets this much of the call's time pass. Throws when the simulator is stopped meanwhile. */
  pass(milliseconds: number): Promise<void>;
  /** Since the call began. */
  elapsedMs(): number;
  /** Never later than the wall's time: the call is dated back by what is skipped. */
  now(): Date;
}

/**
 * @param expectedMs about how long the call will take; with `speed` it says how far the call is dated back
 * @param speed seconds of the call that pass in one second
 */
export function createCallClock(expectedMs: number, speed: number, wall: () => Date, signal: AbortSignal): CallClock {
  const start = wall().getTime() - expectedMs * (1 - 1 / speed);
  let elapsed = 0;
  return {
    async pass(milliseconds) {
      elapsed += milliseconds;
      await sleep(milliseconds / speed, undefined, { signal });
    },
    elapsedMs: () => elapsed,
    now: () => new Date(Math.min(start + elapsed, wall().getTime())),
  };
}
