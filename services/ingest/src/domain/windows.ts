/** A stretch of time, in milliseconds since 1970: from `sinceMs` to before `untilMs`. */
export interface Window {
  sinceMs: number;
  untilMs: number;
}

const DAY_MS = 86_400_000;

/**
 * The time from `sinceMs` to before `untilMs` in days (UTC), the oldest first; nothing where there is none. Days, because the
 * documentation of Twilio's date filters knows days alone, and because what is done of a long time need not be done again.
 */
export function windowsOf({ sinceMs, untilMs }: Window): Window[] {
  const windows: Window[] = [];
  for (let fromMs = sinceMs; fromMs < untilMs; ) {
    const toMs = Math.min(midnightAfter(fromMs), untilMs);
    windows.push({ sinceMs: fromMs, untilMs: toMs });
    fromMs = toMs;
  }
  return windows;
}

/** The first midnight (UTC) after a moment. */
export const midnightAfter = (ms: number) => (Math.floor(ms / DAY_MS) + 1) * DAY_MS;

/** Whether a moment is in the window; what has no moment that can be read is in any. */
export const isWithin = ({ sinceMs, untilMs }: Window, ms: number | undefined) =>
  ms === undefined || (ms >= sinceMs && ms < untilMs);
