/** How many events both ways handle in a round. */
export const EVENTS = 100_000;

/** Resolves with the milliseconds from the first call of `start` to the one of `add` that brings the total to all events. */
export function stopwatch() {
  const { promise, resolve } = Promise.withResolvers<number>();
  let started: number | undefined;
  let total = 0n;
  return {
    time: promise,
    start: () => {
      started ??= performance.now();
    },
    add: (committed: bigint) => {
      total += committed;
      if (total === BigInt(EVENTS) && started !== undefined) resolve(performance.now() - started);
    },
  };
}

/** Answers each message of the process that started this one with the time of another round. */
export function serveRounds(round: () => Promise<number>): void {
  process.on('message', () => {
    round().then(
      (milliseconds) => process.send?.(milliseconds),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.once('disconnect', () => process.exit());
}
