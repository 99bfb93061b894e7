import { sqlState } from '../../postgres/transaction.ts';
import { EventLogUnavailableError } from '../port.ts';

/** Data exceptions, violated constraints, wrong statements: the same again would fail again. */
const PERMANENT_CLASSES = new Set(['22', '23', '42']);

/** Of the server, of a connection, and of several attempts to connect; errors of ours and of JavaScript have names of their own. */
const DATABASE_ERRORS = new Set(['error', 'Error', 'AggregateError']);

/** Whether another attempt may succeed: the database is out of reach, restarting, full, read-only, too busy. */
function isUnavailable(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return !PERMANENT_CLASSES.has(state.slice(0, 2));
  return error instanceof Error && DATABASE_ERRORS.has(error.name);
}

/** @param what as in "the database did not …" */
export function toUnavailable(error: unknown, what: string): unknown {
  if (error instanceof EventLogUnavailableError || !isUnavailable(error)) return error;
  return new EventLogUnavailableError(`the database did not ${what}: ${messageOf(error)}`, { cause: error });
}

/**
 * @param what as in "the database did not …"
 * @throws EventLogUnavailableError when the database does not answer in time, or not now
 */
export async function orUnavailable<T>(work: Promise<T>, deadlineMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new EventLogUnavailableError(`the database did not ${what} within ${deadlineMs} ms`)),
      deadlineMs,
    );
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    throw toUnavailable(error, what);
  } finally {
    clearTimeout(timer);
  }
}

/** Some errors of a connection, such as one to several addresses, have no message of their own. */
const messageOf = (error: unknown) =>
  error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code || error.name : String(error);
