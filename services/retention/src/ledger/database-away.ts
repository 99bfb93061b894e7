import { sqlState } from '@onrecord/shared/postgres/transaction';

/**
 * What a server says of itself, whatever it was asked: connection lost (08), login refused (28), no such database (3D), no disk,
 * memory or connection left (53), shutting down or starting (57), input or output failed (58). Source: PostgreSQL documentation,
 * "Appendix A. PostgreSQL Error Codes".
 */
const AWAY_CLASSES: ReadonlySet<string> = new Set(['08', '28', '3D', '53', '57', '58']);

/** A server that has become a replica; the next connection may find the one that took over. */
const READ_ONLY = '25006';

/** A statement that took too long is in class 57 too, and says nothing of the server. */
const QUERY_CANCELED = '57014';

/** Codes of the operating system, such as ECONNREFUSED, ETIMEDOUT, EPIPE or EAI_AGAIN; not Node's own, ERR_…. */
const SYSTEM_CODE = /^E(?!RR_)[A-Z_]+$/;

/** What pg and its pool say without a code when a connection ends, cannot be had or does not answer. */
const WITHOUT_CODE =
  /^(Connection terminated|timeout exceeded|timeout expired|Query read timeout|Client (has encountered a connection error|was closed))/;

/** Whether the error says that the database cannot be worked with now: the same work may succeed as soon as it can. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (code === undefined) return WITHOUT_CODE.test(error.message);
  if (typeof code === 'string' && SYSTEM_CODE.test(code)) return true;
  const state = sqlState(error);
  if (state === undefined || state === QUERY_CANCELED) return false;
  return state === READ_ONLY || AWAY_CLASSES.has(state.slice(0, 2));
}

/** Data that Postgres cannot hold (22) and violated constraints (23): the same event would fail the same way again. */
export const isRejectedForGood = (error: unknown): boolean => /^2[23]/.test(sqlState(error) ?? '');
