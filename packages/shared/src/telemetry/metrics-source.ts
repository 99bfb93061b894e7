/** Prometheus gives a scrape 10 s unless told otherwise. */
const READ_TIMEOUT_MS = 3_000;

/**
 * For gauges whose values are kept elsewhere, in a database for one. What cannot be read in time is `undefined` and never an error,
 * which would take all other metrics with it. Gauges of one scrape share one reading, and so do scrapes while none has ended.
 */
export function metricsSource<T>(read: () => Promise<T>, timeoutMs = READ_TIMEOUT_MS): () => Promise<T | undefined> {
  let running: Promise<T | undefined> | undefined;
  return async () => {
    running ??= read()
      .catch(() => undefined)
      .finally(() => {
        running = undefined;
      });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), timeoutMs);
    });
    return Promise.race([running, late]).finally(() => clearTimeout(timer));
  };
}
