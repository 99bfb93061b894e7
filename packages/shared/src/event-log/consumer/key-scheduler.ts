/** What a scheduler orders. Items of one lane are taken one after the other. */
export interface Schedulable {
  readonly lane: string;
  /** The scheduler's own: the item behind this one in its lane. */
  nextInLane: this | undefined;
}

/**
 * Hands out items in the order in which they came, but never two of one lane at a time: the next one of a lane can be taken when
 * the one before is released.
 */
export class KeyScheduler<T extends Schedulable> {
  /** The last item of each lane that has an item waiting or taken. */
  readonly #tails = new Map<string, T>();
  #ready: T[] = [];
  #head = 0;
  #waiting = 0;

  /** Items that were added and neither taken nor dropped. */
  get waiting(): number {
    return this.#waiting;
  }

  add(item: T) {
    this.#waiting += 1;
    const tail = this.#tails.get(item.lane);
    this.#tails.set(item.lane, item);
    if (tail) tail.nextInLane = item;
    else this.#ready.push(item);
  }

  /** The next item whose lane is free, or undefined. Dropped items are passed over. */
  take(isDropped: (item: T) => boolean): T | undefined {
    while (this.#head < this.#ready.length) {
      const item = this.#ready[this.#head] as T;
      this.#head += 1;
      if (this.#head === this.#ready.length) {
        this.#ready = [];
        this.#head = 0;
      }
      if (!isDropped(item)) {
        this.#waiting -= 1;
        return item;
      }
      this.release(item);
    }
    return undefined;
  }

  /** Frees the lane of an item that was taken. */
  release(item: T) {
    const next = item.nextInLane;
    item.nextInLane = undefined;
    if (next) this.#ready.push(next);
    else this.#tails.delete(item.lane);
  }

  /** An item that waits will not be taken any more; `isDropped` must say so from now on. */
  countDropped() {
    this.#waiting -= 1;
  }
}
