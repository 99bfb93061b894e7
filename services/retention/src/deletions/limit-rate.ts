export interface RateLimit {
  /** Begun in any second at most. */
  perSecond: number;
  /** Under way at the same time. */
  atOnce: number;
}

const SECOND_MS = 1_000;

/**
 * Lets work begin no faster than the limit, in the order in which it came. What keeps within it begins at once: deletions that are asked
 * for together share their requests to the store, which spread over the second they could not.
 */
export function limitRate({ perSecond, atOnce }: RateLimit) {
  const waiting: (() => void)[] = [];
  /** When the last `perSecond` began, or will; the oldest is replaced. */
  const begun: number[] = [];
  let oldest = 0;
  let underWay = 0;
  const turn = () => {
    const now = performance.now();
    const startMs = Math.max(now, (begun[oldest] ?? Number.NEGATIVE_INFINITY) + SECOND_MS);
    begun[oldest] = startMs;
    oldest = (oldest + 1) % perSecond;
    return startMs - now;
  };
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (underWay >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else underWay += 1;
    try {
      const waitMs = turn();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      return await work();
    } finally {
      const next = waiting.shift();
      // The place goes to whoever waits for one.
      if (next !== undefined) next();
      else underWay -= 1;
    }
  };
}
