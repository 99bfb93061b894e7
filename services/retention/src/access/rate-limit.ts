/** As many keys are counted; beyond, whoever was quiet for longest begins anew. */
const KEYS_MAX = 10_000;
const MINUTE_MS = 60_000;

export interface Taken {
  isAllowed: boolean;
  /** How many more there are at this moment. */
  left: number;
  /** Until there is one more, in whole seconds. */
  retryAfterSeconds: number;
}

/**
 * A token bucket for each key: a minute's worth may be spent at once, and comes back evenly. Counted in this process alone, so that
 * several of them allow as many times more.
 */
export class RateLimit {
  readonly perMinute: number;
  readonly #buckets = new Map<string, { left: number; atMs: number }>();

  constructor(perMinute: number) {
    this.perMinute = perMinute;
  }

  /** What is left, without taking any. */
  look(key: string, nowMs: number): Taken {
    return this.#taken(this.#filled(key, nowMs));
  }

  take(key: string, nowMs: number): Taken {
    const left = this.#filled(key, nowMs);
    const taken = this.#taken(left);
    // The last in the map is who came last.
    this.#buckets.delete(key);
    this.#buckets.set(key, { left: taken.isAllowed ? left - 1 : left, atMs: nowMs });
    if (this.#buckets.size > KEYS_MAX) this.#buckets.delete(this.#buckets.keys().next().value ?? '');
    return taken.isAllowed ? { ...taken, left: Math.floor(left - 1) } : taken;
  }

  #filled(key: string, nowMs: number): number {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return this.perMinute;
    // A clock that was set back gives nothing.
    const passedMs = Math.max(0, nowMs - bucket.atMs);
    return Math.min(this.perMinute, bucket.left + (passedMs * this.perMinute) / MINUTE_MS);
  }

  #taken(left: number): Taken {
    const missing = Math.max(0, 1 - left);
    const retryAfterSeconds = Math.ceil((missing * MINUTE_MS) / this.perMinute / 1_000);
    return { isAllowed: left >= 1, left: Math.floor(left), retryAfterSeconds };
  }
}
