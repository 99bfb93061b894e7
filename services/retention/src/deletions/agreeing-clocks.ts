export interface ClockOptions {
  clock: () => Date;
  /** What the database takes the time for, at the moment of asking. */
  databaseClock: () => Promise<Date>;
  differenceMaxMs: number;
  /** @param differenceMs how far this process is ahead of the database; negative where it is behind */
  onDifference(differenceMs: number): void;
}

/**
 * Tells whether the clock of this process and that of the database agree. Dates in the ledger were written by one process and are
 * compared by another: one whose clock was set forward would find everything due, and what is deleted for that does not come back.
 * The time that the question takes is in nobody's favour.
 */
export const agreeingClocks =
  ({ clock, databaseClock, differenceMaxMs, onDifference }: ClockOptions) =>
  async (): Promise<boolean> => {
    const before = clock().getTime();
    const known = (await databaseClock()).getTime();
    const after = clock().getTime();
    const differenceMs = known < before ? before - known : Math.min(0, after - known);
    // A clock that goes back while it is asked for says nothing.
    if (after >= before && Math.abs(differenceMs) <= differenceMaxMs) return true;
    onDifference(differenceMs);
    return false;
  };
