/** What a scheduler orders. Items of one lane are taken one after the other. */
export interface Schedulable {
  /** With `lane`, names the lane; there are few groups. */
  readonly laneGroup: string;
  readonly lane: string;
  /** The scheduler's own: the item behind this one in its lane. */
  nextInLane: this | undefined;
}

/**
 * Hands out items in the order in which they came, but never two of one lane at a time: the next one of a lane can be taken when
 * the one before is released.
 */
export class KeyScheduler<T extends Schedulable> {
  /** By group, the last item of each lane that has an item waiting or taken. */
  readonly #tails = new Map<string, Map<string, T>>();
  #ready: T[] = [];
  #head = 0;
  #waiting = 0;

  /** Items that were added and neither taken nor dropped. */
  get waiting(): number {
    return this.#waiting;
  }

  add(item: T) {
    this.#waiting += 1;
    const tails = this.#tailsOf(item);
    const tail = tails.get(item.lane);
    tails.set(item.lane, item);
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
    else this.#tailsOf(item).delete(item.lane);
  }

  #tailsOf({ laneGroup }: T): Map<string, T> {
    let tails = this.#tails.get(laneGroup);
    if (!tails) {
      tails = new Map();
      this.#tails.set(laneGroup, tails);
    }
    return tails;
  }

  /** An item that waits will not be taken any more; `isDropped` must say so from now on. */
  countDropped() {
    this.#waiting -= 1;
  }
}
