import { RETRY_AFTER_MAX_MS } from '../event-log/failure-policy.ts';

/**
 * `Retry-After` in milliseconds from `now`, at most a day: seconds or a date. Source: RFC 9110, section 10.2.3.
 * `undefined` where it is absent or not readable.
 */
export function retryAfterMs(value: string | null | undefined, now: Date): number | undefined {
  const text = value?.trim();
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return boundedWaitMs(Number(text) * 1_000);
  // Date.parse finds a year in nearly every number; a date begins with its weekday.
  if (!/^[a-z]/i.test(text)) return undefined;
  return boundedWaitMs(Math.max(0, Date.parse(text) - now.getTime()));
}

/** A wait that somebody else named, in milliseconds: at most a day; `undefined` for what is no wait. */
export const boundedWaitMs = (ms: unknown): number | undefined =>
  typeof ms === 'number' && Number.isFinite(ms) && ms >= 0 ? Math.min(ms, RETRY_AFTER_MAX_MS) : undefined;
