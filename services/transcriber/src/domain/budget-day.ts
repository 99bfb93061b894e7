const DAY_MS = 24 * 3_600_000;

/** The day that a budget is for, in UTC: `YYYY-MM-DD`. */
export const dayOf = (now: Date): string => now.toISOString().slice(0, 10);

/** Until the next day begins, in UTC. */
export const untilNextDayMs = (now: Date): number => DAY_MS - (now.getTime() % DAY_MS);
