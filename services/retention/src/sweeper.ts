/** One kind of work that falls due with time. @returns whether more may be due at once */
export type Sweep = () => Promise<boolean>;

export interface SweeperOptions {
  sweeps: readonly Sweep[];
  /** How often to look, in milliseconds; `wakeAt` looks sooner. */
  intervalMs: number;
  clock: () => Date;
  /** A sweep that failed is tried again with the next one: the database may be away for a while. */
  onError(error: unknown): void;
}

export interface Sweeper {
  /** Looks at once, or right after the sweep in progress. */
  wake(): void;
  /** Looks when that moment has come, should it be sooner than the next interval. */
  wakeAt(at: Date): void;
  /** Waits for the sweep in progress. */
  close(): Promise<void>;
}

/** Small enough for a timer of Node's, which overflows at 2^31 ms and would fire at once. */
const TIMER_MAX_MS = 86_400_000;

/** Runs the sweeps one after the other, again and again, never two at a time. */
export function startSweeper({ sweeps, intervalMs, clock, onError }: SweeperOptions): Sweeper {
  let timer: NodeJS.Timeout | undefined;
  let timerDueMs = Number.POSITIVE_INFINITY;
  let running: Promise<void> | undefined;
  let isWanted = false;
  let isClosed = false;

  const schedule = (delayMs: number) => {
    const dueMs = performance.now() + delayMs;
    if (isClosed || dueMs >= timerDueMs) return;
    clearTimeout(timer);
    timerDueMs = dueMs;
    timer = setTimeout(run, Math.min(delayMs, TIMER_MAX_MS));
  };
  const run = () => {
    clearTimeout(timer);
    timerDueMs = Number.POSITIVE_INFINITY;
    isWanted = running !== undefined;
    if (isClosed || running !== undefined) return;
    running = sweepAll(sweeps, onError, () => isClosed).finally(() => {
      running = undefined;
      schedule(isWanted ? 0 : intervalMs);
    });
  };

  run();
  return {
    wake: run,
    wakeAt: (at) => schedule(Math.max(0, at.getTime() - clock().getTime())),
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/** Each takes its turn until none has more: what keeps one busy for ever must not keep the others from their work. */
async function sweepAll(sweeps: readonly Sweep[], onError: (error: unknown) => void, isClosed: () => boolean) {
  let busy: readonly Sweep[] = sweeps;
  for (let turn = 0; busy.length > 0 && turn < TURNS_MAX; turn += 1) {
    const more: Sweep[] = [];
    for (const sweep of busy) {
      if (isClosed()) return;
      try {
        if (await sweep()) more.push(sweep);
      } catch (error) {
        onError(error);
      }
    }
    busy = more;
  }
}

/** Then the interval is waited for: 200 batches of 50 are more than a day of a large installation. */
const TURNS_MAX = 200;
