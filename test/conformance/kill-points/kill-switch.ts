/**
 * Counts the moments of a process as its sockets show them, and kills it at one of them. The sockets ask at each moment; once the
 * process is dead, nothing of it is passed on any more.
 */
export class KillSwitch {
  /** The moments since the last `begin`, in order; one that comes again has its number behind it. */
  seen: string[] = [];
  #armed: { moment: string; fired: PromiseWithResolvers<void> } | undefined;
  #isDead = false;
  readonly #kill: () => void;

  /** @param kill ends the process without a chance to do anything about it */
  constructor(kill: () => void) {
    this.#kill = kill;
  }

  /** Begins a life of the process. @returns settles when it was killed at the moment; never without one */
  begin(moment?: string): Promise<void> {
    const fired = Promise.withResolvers<void>();
    this.seen = [];
    this.#isDead = false;
    this.#armed = moment === undefined ? undefined : { moment, fired };
    return fired.promise;
  }

  /** @returns true when the process is dead: whoever asks breaks the connection */
  pass(name: string): boolean {
    if (this.#isDead) return true;
    const before = this.seen.filter((each) => each === name || each.startsWith(`${name} #`)).length;
    const moment = before === 0 ? name : `${name} #${before + 1}`;
    this.seen.push(moment);
    if (moment !== this.#armed?.moment) return false;
    this.#isDead = true;
    this.#kill();
    this.#armed.fired.resolve();
    return true;
  }
}
