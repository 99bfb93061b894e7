import { until } from './errors.ts';

/** Lets callers in one after the other, in the order in which they came. */
export class Turns {
  #last: Promise<void> = Promise.resolve();

  /**
   * @returns what ends the turn
   * @throws EventLogUnavailableError when the turn does not come before the deadline
   */
  async take(deadline: number, what: string): Promise<() => void> {
    const before = this.#last;
    let end = () => {};
    const turn = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#last = before.then(() => turn);
    try {
      await until(deadline, what, before);
      return end;
    } catch (error) {
      end();
      throw error;
    }
  }
}
