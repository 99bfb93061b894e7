/** Keys whose next event could not be published for a reason of its own: each waits, ever longer, while other keys go on. */
export class HeldBackKeys {
  readonly #waits = new Map<string, { until: number; delayMs: number }>();
  readonly #delayMs: number;
  readonly #delayMaxMs: number;

  constructor(limits: { delayMs: number; delayMaxMs: number }) {
    this.#delayMs = limits.delayMs;
    this.#delayMaxMs = limits.delayMaxMs;
  }

  holdBack(key: string, now: number) {
    const before = this.#waits.get(key)?.delayMs;
    const delayMs = before === undefined ? this.#delayMs : Math.min(2 * before, this.#delayMaxMs);
    this.#waits.set(key, { until: now + delayMs, delayMs });
  }

  succeeded(key: string) {
    this.#waits.delete(key);
  }

  /** The keys whose turn has not come yet. */
  keysAt(now: number): string[] {
    this.#forget(now);
    return this.#waiting(now).map(([key]) => key);
  }

  /** How long from now until the first key's turn comes; undefined when none waits. */
  nextIn(now: number): number | undefined {
    const untils = this.#waiting(now).map(([, { until }]) => until);
    return untils.length === 0 ? undefined : Math.min(...untils) - now;
  }

  #waiting(now: number) {
    return [...this.#waits].filter(([, { until }]) => until > now);
  }

  /** A key that did not come again is somebody else's success. */
  #forget(now: number) {
    for (const [key, { until }] of this.#waits) if (until + this.#delayMaxMs < now) this.#waits.delete(key);
  }
}
