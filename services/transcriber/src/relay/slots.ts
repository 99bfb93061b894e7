/** A bound on how many of something run at once; whoever waits is served in order. */
export interface Slots {
  /** The function that gives the slot back, or `undefined` when all are taken. */
  tryTake(): Release | undefined;
  /** @throws the signal's reason when it aborts before a slot is free */
  take(signal: AbortSignal): Promise<Release>;
  taken(): number;
}

/** Gives the slot back; a second call does nothing. */
export type Release = () => void;

export function createSlots(max: number): Slots {
  let taken = 0;
  const waiting = new Set<() => void>();

  const occupy = (): Release => {
    taken += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      taken -= 1;
      const [next] = waiting;
      next?.();
    };
  };

  return {
    tryTake: () => (taken < max ? occupy() : undefined),
    taken: () => taken,
    take: (signal) =>
      new Promise<Release>((resolve, reject) => {
        signal.throwIfAborted();
        if (taken < max) return resolve(occupy());
        const leave = () => {
          waiting.delete(serve);
          signal.removeEventListener('abort', giveUp);
        };
        const serve = () => {
          leave();
          resolve(occupy());
        };
        const giveUp = () => {
          leave();
          reject(signal.reason);
        };
        waiting.add(serve);
        signal.addEventListener('abort', giveUp, { once: true });
      }),
  };
}
