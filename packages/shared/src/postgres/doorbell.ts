/** Lets one loop rest until there is something to do. A ring is never lost: rung while nobody waits, it ends the next wait at once. */
export class Doorbell {
  #rung = false;
  #answer: (() => void) | undefined;

  ring() {
    this.#rung = true;
    this.#answer?.();
  }

  /** Resolves to true once it was rung, and to false when that does not happen in time. One caller at a time. */
  async wait(timeoutMs: number): Promise<boolean> {
    if (!this.#rung) await this.#ringWithin(timeoutMs);
    const rung = this.#rung;
    this.#rung = false;
    return rung;
  }

  #ringWithin(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#answer = undefined;
        resolve();
      };
      const timer = setTimeout(finish, timeoutMs);
      this.#answer = finish;
    });
  }
}
