import type { Work } from './work.ts';

/**
 * Clocks of the one who wrote a record and the one who reads it differ, and a Retry-After may be longer than the longest topic: a
 * record waits in memory for at most so many times its topic's delay.
 */
const DELAYS_MAX = 2;

/** Records of retry topics whose time has not come. One timer serves them all. */
export class DelayedWorks {
  readonly #works = new Map<Work, number>();
  readonly #onDue: (works: readonly Work[]) => void;
  #timer: NodeJS.Timeout | undefined;
  #wakeAt = Number.POSITIVE_INFINITY;

  constructor(onDue: (works: readonly Work[]) => void) {
    this.#onDue = onDue;
  }

  /** Keeps the record until it is due; false when it is due already. */
  hold(work: Work, now: number): boolean {
    const dueAt = Math.min(work.notBefore, now + DELAYS_MAX * work.partition.role.delayMs);
    if (dueAt <= now) return false;
    work.state = 'delayed';
    work.partition.delayed += 1;
    this.#works.set(work, dueAt);
    this.#wake(dueAt, now);
    return true;
  }

  drop(work: Work) {
    if (this.#works.delete(work)) work.partition.delayed -= 1;
    work.state = 'finished';
  }

  stop() {
    clearTimeout(this.#timer);
    this.#wakeAt = 0;
  }

  #wake(at: number, now: number) {
    if (at >= this.#wakeAt) return;
    this.#wakeAt = at;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#release(), at - now);
  }

  #release() {
    const now = Date.now();
    const due: Work[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const [work, dueAt] of this.#works) {
      if (dueAt <= now) due.push(work);
      else next = Math.min(next, dueAt);
    }
    for (const work of due) this.drop(work);
    this.#wakeAt = Number.POSITIVE_INFINITY;
    if (next !== Number.POSITIVE_INFINITY) this.#wake(next, now);
    if (due.length > 0) this.#onDue(due);
  }
}
