import type { Trouble } from './breaker.ts';

const TOO_MANY_REQUESTS = 429;

/** What an HTTP status says of the server beyond the one request; a request that took too long (408, 425) is its own affair. */
export function troubleOf(status: number): Trouble | undefined {
  if (status === TOO_MANY_REQUESTS) return 'busy';
  return status >= 500 ? 'away' : undefined;
}
