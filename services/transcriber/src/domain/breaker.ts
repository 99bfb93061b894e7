/** `busy`: it asks to be left alone for a while; `away`: it cannot be reached, or answers with failures of its own. */
export type Trouble = 'busy' | 'away';

/** When something that answers nobody is left alone, and for how long. */
export interface BreakerSettings {
  /** Failures in a row, after which it is. */
  failuresMax: number;
  /** The first pause, and the time between two probes; each pause that follows on a failed probe is twice as long. */
  pauseMs: number;
  pauseMsMax: number;
}

/** Closed while there was no pause; then blocked until a moment; then one probe at a time goes through until one succeeds. */
export interface Breaker {
  /** In a row, while it is closed. */
  readonly failures: number;
  /** In a row; 0 means closed. */
  readonly pauses: number;
  /** Milliseconds since the epoch; nobody is let through before. */
  readonly until: number;
  readonly isProbing: boolean;
  /** Why it was blocked. */
  readonly trouble: Trouble;
}

export const CLOSED: Breaker = { failures: 0, pauses: 0, until: 0, isProbing: false, trouble: 'away' };

/** Whether somebody may go through, who is the probe then; else how long to wait. A probe that says nothing is followed by another. */
export function admit(
  breaker: Breaker,
  now: number,
  { pauseMs }: BreakerSettings,
): { breaker: Breaker; waitMs: number } {
  if (breaker.pauses === 0) return { breaker, waitMs: 0 };
  if (now < breaker.until) return { breaker, waitMs: breaker.until - now };
  return { breaker: { ...breaker, isProbing: true, until: now + pauseMs }, waitMs: 0 };
}

/** Who was asked before the pause tells nothing about the time after it: only a probe ends one. */
export const succeeded = (breaker: Breaker): Breaker => (breaker.pauses === 0 || breaker.isProbing ? CLOSED : breaker);

/** @param retryAfterMs how long it asked to be left alone, where it did */
export function failed(
  breaker: Breaker,
  { trouble, retryAfterMs }: { trouble: Trouble; retryAfterMs: number | undefined },
  now: number,
  settings: BreakerSettings,
): Breaker {
  const isBlocked = breaker.pauses > 0 && !breaker.isProbing;
  if (isBlocked) return { ...breaker, until: Math.max(breaker.until, now + (retryAfterMs ?? 0)) };
  const failures = breaker.failures + 1;
  if (trouble === 'away' && breaker.pauses === 0 && failures < settings.failuresMax) return { ...breaker, failures };
  const pauseMs = Math.min(settings.pauseMs * 2 ** breaker.pauses, settings.pauseMsMax);
  return {
    failures: 0,
    pauses: Math.min(breaker.pauses + 1, PAUSES_COUNTED_MAX),
    until: now + (retryAfterMs ?? pauseMs),
    isProbing: false,
    trouble,
  };
}

/** So often doubled, any pause is at its maximum. */
const PAUSES_COUNTED_MAX = 30;
