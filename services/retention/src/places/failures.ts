/** A folder can hold thousands of objects that all fail for one reason. */
const NAMED_FAILURES_MAX = 3;

/** The reasons of a place that is not confirmed, in one line. */
export const summary = (failures: readonly string[]): string =>
  failures.slice(0, NAMED_FAILURES_MAX).join('; ') +
  (failures.length > NAMED_FAILURES_MAX ? `; and ${failures.length - NAMED_FAILURES_MAX} more` : '');

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
