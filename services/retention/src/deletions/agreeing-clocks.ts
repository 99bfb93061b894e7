import type { Logger } from '@onrecord/shared/telemetry/logger';

export interface ClockOptions {
  clock: () => Date;
  /** What the database takes the time for, at the moment of asking. */
  databaseClock: () => Promise<Date>;
  differenceMaxMs: number;
  onChange: ClockTeller;
}

/**
 * Called when the clocks stop agreeing, and when they agree again.
 * @param differenceMs how far this process is ahead of the database; negative where it is behind, absent where they agree
 */
export type ClockTeller = (differenceMs: number | undefined) => void;

/**
 * Tells whether the clock of this process and that of the database agree. Dates in the ledger were written by one process and are
 * compared by another: one whose clock was set forward would find everything due, and what is deleted for that does not come back.
 * The time that the question takes is in nobody's favour.
 */
export function agreeingClocks({ clock, databaseClock, differenceMaxMs, onChange }: ClockOptions) {
  let wereApart = false;
  return async (): Promise<boolean> => {
    const before = clock().getTime();
    const known = (await databaseClock()).getTime();
    const after = clock().getTime();
    // A clock that goes back while it is asked for says nothing, nor how far it is off.
    if (after < before) return false;
    const differenceMs = known < before ? before - known : Math.min(0, after - known);
    const areApart = Math.abs(differenceMs) > differenceMaxMs;
    if (areApart !== wereApart) onChange(areApart ? differenceMs : undefined);
    wereApart = areApart;
    return !areApart;
  };
}

/** Each sweep would say it again: once when it begins, and once when it is over. */
export const tellingClocks =
  (logger: Pick<Logger, 'error' | 'info'>, differenceMaxMs: number): ClockTeller =>
  (differenceMs) => {
    if (differenceMs === undefined) {
      logger.info('the clocks of this service and of the database agree again: what is due goes again');
      return;
    }
    const seconds = Math.round(Math.abs(differenceMs) / 1_000);
    const where = differenceMs < 0 ? 'behind' : 'ahead of';
    logger.error(
      { setting: 'CLOCK_DIFFERENCE_MAX' },
      `the clock of this service is ${seconds} s ${where} that of the database, and ${differenceMaxMs / 1_000} s are allowed: nothing goes because its date has come until both are set by NTP`,
    );
  };
