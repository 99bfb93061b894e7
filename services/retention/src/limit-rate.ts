export interface RateLimit {
  /** Begun in a second, evenly. */
  perSecond: number;
  /** Under way at the same time. */
  atOnce: number;
}

/** Lets work begin no faster than the limit, in the order in which it came. */
export function limitRate({ perSecond, atOnce }: RateLimit) {
  const gapMs = 1_000 / perSecond;
  const waiting: (() => void)[] = [];
  let underWay = 0;
  let nextMs = 0;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (underWay >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else underWay += 1;
    try {
      const now = performance.now();
      const startMs = Math.max(now, nextMs);
      nextMs = startMs + gapMs;
      if (startMs > now) await new Promise((resolve) => setTimeout(resolve, startMs - now));
      return await work();
    } finally {
      const next = waiting.shift();
      // The place goes to whoever waits for one.
      if (next !== undefined) next();
      else underWay -= 1;
    }
  };
}
