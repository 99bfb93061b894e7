import { type EventLog, EventLogUnavailableError, type LogRecord } from '../port.ts';
import { takeBatch, type Waiting } from './append-batch.ts';

export interface AppendLimits {
  /** Records and bytes of one append; a single call that has more goes as an append of its own. */
  recordsMax: number;
  bytesMax: number;
  appendsInFlightMax: number;
  /** Records that may wait or be on their way; more are refused. */
  queueMax: number;
  /** From the call to the confirmation, waiting included, in milliseconds. */
  deadlineMs: number;
}

/** More is waiting than the queue holds: the log is slower than its callers. Nothing was appended; try again later. */
export class PublisherOverloadedError extends Error {
  override readonly name = 'PublisherOverloadedError';
}

/**
 * Appends in batches: while appends are under way, further calls gather into the next one. Two appends are never on their way
 * with the same key, so records of one key cannot overtake each other.
 */
export class BatchAppender {
  readonly #log: Pick<EventLog, 'append'>;
  readonly #limits: AppendLimits;
  /** Calls without an answer yet, oldest first: so the first one's deadline is the next. */
  readonly #unanswered = new Set<Waiting>();
  #waiting: Waiting[] = [];
  #records = 0;
  readonly #keysInFlight = new Set<string>();
  #appendsInFlight = 0;
  #flushScheduled = false;
  #deadlineTimer: NodeJS.Timeout | undefined;
  #closed = false;
  readonly #idle: (() => void)[] = [];

  constructor(log: Pick<EventLog, 'append'>, limits: AppendLimits) {
    this.#log = log;
    this.#limits = limits;
  }

  append(records: readonly LogRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    if (this.#closed) return Promise.reject(new EventLogUnavailableError('the publisher is closed'));
    const { queueMax, deadlineMs } = this.#limits;
    if (this.#records + records.length > queueMax) {
      const message = `${this.#records} event(s) are waiting to be published and ${queueMax} may`;
      return Promise.reject(new PublisherOverloadedError(message));
    }
    return new Promise((resolve, reject) => {
      const waiting = { records, deadline: performance.now() + deadlineMs, resolve, reject };
      this.#records += records.length;
      this.#waiting.push(waiting);
      this.#unanswered.add(waiting);
      this.#deadlineTimer ??= setTimeout(() => this.#expire(), deadlineMs);
      this.#scheduleFlush();
    });
  }

  close(): Promise<void> {
    this.#closed = true;
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#settleIdle();
    });
  }

  /** Everything that arrives in one turn of the event loop goes together. */
  #scheduleFlush() {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    setImmediate(() => {
      this.#flushScheduled = false;
      this.#flush();
    });
  }

  #flush() {
    while (this.#appendsInFlight < this.#limits.appendsInFlightMax) {
      const batch = takeBatch(this.#waiting, this.#keysInFlight, this.#limits);
      if (batch.taken.length === 0) return;
      this.#waiting = batch.left;
      this.#appendsInFlight += 1;
      for (const key of batch.keys) this.#keysInFlight.add(key);
      void this.#appendBatch(batch.taken).finally(() => {
        this.#appendsInFlight -= 1;
        for (const key of batch.keys) this.#keysInFlight.delete(key);
        this.#flush();
      });
    }
  }

  async #appendBatch(calls: readonly Waiting[]): Promise<void> {
    try {
      await this.#log.append(calls.flatMap((call) => call.records));
      for (const call of calls) this.#answer(call);
    } catch (error) {
      if (calls.length === 1 || error instanceof EventLogUnavailableError) {
        for (const call of calls) this.#answer(call, error);
        return;
      }
      // The log refused something in the batch (a record that is too large, say): only its own caller shall hear of it.
      for (const call of calls) if (this.#unanswered.has(call)) await this.#appendBatch([call]);
    }
  }

  #answer(call: Waiting, error?: unknown) {
    if (!this.#unanswered.delete(call)) return;
    this.#records -= call.records.length;
    if (error === undefined) call.resolve();
    else call.reject(error);
    this.#settleIdle();
  }

  /** One timer for all calls: each has the same time, so they expire in the order in which they came. */
  #expire() {
    const now = performance.now();
    for (const call of this.#unanswered) {
      if (call.deadline > now) break;
      const message = `the event log did not confirm ${call.records.length} event(s) within ${this.#limits.deadlineMs} ms`;
      this.#answer(call, new EventLogUnavailableError(message));
    }
    this.#waiting = this.#waiting.filter((call) => this.#unanswered.has(call));
    const [next] = this.#unanswered;
    this.#deadlineTimer = next && setTimeout(() => this.#expire(), Math.max(1, next.deadline - now));
  }

  #settleIdle() {
    if (!this.#closed || this.#unanswered.size > 0) return;
    clearTimeout(this.#deadlineTimer);
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
