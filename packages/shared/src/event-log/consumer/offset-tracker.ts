/** What a tracker follows: set `done` through `finish` only. */
export interface TrackedOffset {
  readonly offset: bigint;
  done: boolean;
}

/** Finished entries at the front are cut off in blocks of at least this many, so that finishing one costs no copying. */
const COMPACT_AT = 256;

/**
 * Knows which offsets of one partition are unfinished, and so up to where the partition may be committed. Offsets are tracked in
 * ascending order, may have gaps, and finish in any order.
 */
export class OffsetTracker<T extends TrackedOffset> {
  #entries: T[] = [];
  /** Index of the lowest unfinished entry. */
  #head = 0;
  readonly #first: bigint;
  #last: bigint;

  /** @param first the lowest offset that will be tracked */
  constructor(first: bigint) {
    this.#first = first;
    this.#last = first - 1n;
  }

  /** Whether the offset was tracked before, finished or not. */
  has(offset: bigint): boolean {
    return offset <= this.#last;
  }

  /** Whether the offset lies before everything that was ever tracked: the log has gone back further than this tracker knows. */
  precedes(offset: bigint): boolean {
    return offset < this.#first;
  }

  /** @throws RangeError when the offset is not above all others; ask `has` first */
  track(entry: T) {
    if (entry.offset <= this.#last) throw new RangeError(`offset ${entry.offset} is not above ${this.#last}`);
    this.#last = entry.offset;
    this.#entries.push(entry);
  }

  finish(entry: T) {
    entry.done = true;
    while (this.#entries[this.#head]?.done) this.#head += 1;
    if (this.#head === this.#entries.length || (this.#head >= COMPACT_AT && this.#head * 2 >= this.#entries.length)) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Everything below this is done. */
  get nextOffset(): bigint {
    return this.#entries[this.#head]?.offset ?? this.#last + 1n;
  }

  get oldestUnfinished(): T | undefined {
    return this.#entries[this.#head];
  }

  *unfinished(): Generator<T> {
    for (let index = this.#head; index < this.#entries.length; index += 1) {
      const entry = this.#entries[index];
      if (entry && !entry.done) yield entry;
    }
  }
}
