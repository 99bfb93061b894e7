import type { Failure } from './connection-overrides.ts';

/** Failures of a connection that stood already. Everything else is one that never did. */
const AFTER_CONNECTION = [
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_ABORTED',
  'ECONNRESET',
  'EPIPE',
];

/** What kind of failure a thrown error is; a time-out or an answer that broke off is `rt`. */
export function failureOf(error: unknown): Failure {
  const isTimeout = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
  return isTimeout || AFTER_CONNECTION.includes(codeOf(error) ?? '') ? 'rt' : 'ct';
}

export const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
