import { openRecord } from '../../events/kafka-binding.ts';
import type { OnrecordEvent } from '../../events/registry.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { StageError } from '../failure-policy.ts';
import type { StoredRecord } from '../port.ts';
import type { HandlerContext } from './handler-context.ts';
import { HandlerRun } from './handler-run.ts';
import { KeyScheduler } from './key-scheduler.ts';
import { logFields, type Work } from './work.ts';

export type Handler = (event: OnrecordEvent, context: HandlerContext) => Promise<void>;

export interface HandlerRunsOptions {
  handle: Handler;
  concurrency: number;
  handlerTimeoutMs: number;
  handlerGraceMs: number;
  logger: Logger;
  /** Resolves true when the failure is dealt with, false when somebody else will have to. */
  onFailed(work: Work, error: unknown): Promise<boolean>;
  /** The record is in a retry topic and its time has not come yet, although its topic's delay is over. */
  onEarly(work: Work): Promise<boolean>;
  onHandled(work: Work): void;
  /** The record is not worked on any more; `done` says whether its offset counts as done. */
  onReleased(work: Work, done: boolean): void;
}

/** Runs handlers: at most `concurrency` at a time, one of each lane at a time, each no longer than its deadline. */
export class HandlerRuns {
  readonly #options: HandlerRunsOptions;
  readonly #scheduler = new KeyScheduler<Work>();
  readonly #running = new Map<Work, HandlerRun | undefined>();
  /** Of those running: whose partition was given up. */
  readonly #orphans = new Set<Work>();
  #stopped = false;
  /** Handlers that ignored their deadline and may be running still. */
  #abandoned = 0;

  constructor(options: HandlerRunsOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#scheduler.waiting;
  }

  get running(): number {
    return this.#running.size;
  }

  get abandoned(): number {
    return this.#abandoned;
  }

  add(work: Work) {
    work.state = 'queued';
    this.#scheduler.add(work);
  }

  /** Starts what can be started. */
  pump() {
    while (!this.#stopped && this.#running.size < this.#options.concurrency) {
      const work = this.#scheduler.take(isFinished);
      if (!work) return;
      work.partition.started();
      this.#start(work);
    }
  }

  /** Starts nothing any more. */
  stop() {
    this.#stopped = true;
  }

  /** Forgets a record that waits here. */
  drop(work: Work) {
    work.state = 'finished';
    this.#scheduler.countDropped();
  }

  /** Stops the handlers of a partition that was given up; what they still do counts for nothing, unless they are adopted. */
  interrupt(partition: Work['partition'], reason: Error) {
    for (const [work, run] of this.#running) {
      if (work.partition !== partition) continue;
      this.#orphans.add(work);
      if (!run) continue;
      run.interrupted = true;
      run.abort(reason);
    }
  }

  /**
   * A record was delivered again, to a partition that came back. When its handler still runs, it belongs to that partition from now on
   * and is returned: it must not be started twice.
   */
  adopt({ topic, partition: number, offset }: StoredRecord, partition: Work['partition']): Work | undefined {
    for (const work of this.#orphans) {
      const { record } = work;
      if (record.offset !== offset || record.partition !== number || record.topic !== topic) continue;
      this.#orphans.delete(work);
      work.partition = partition;
      partition.started();
      return work;
    }
    return undefined;
  }

  /** Aborts handlers that passed their deadline, and gives up on those that did not stop within the grace period. */
  enforceDeadlines(now: number) {
    const { handlerTimeoutMs, handlerGraceMs } = this.#options;
    for (const run of this.#running.values()) {
      if (!run) continue;
      if (run.abortedAt > 0) {
        if (now - run.abortedAt >= handlerGraceMs) this.#abandon(run.work);
      } else if (now - run.startedAt >= handlerTimeoutMs) {
        run.abort(timeoutError(handlerTimeoutMs));
      }
    }
  }

  #start(work: Work): void {
    if (work.earlier && work.notBefore > Date.now()) {
      this.#settle(work, this.#options.onEarly(work));
      return;
    }
    const { handle, logger } = this.#options;
    let run: HandlerRun;
    let result: Promise<void>;
    try {
      work.event = openRecord(work.record);
      run = new HandlerRun(work, work.event, logger);
      work.state = 'handling';
      this.#running.set(work, run);
      result = handle(work.event, run);
    } catch (error) {
      this.#fail(work, error);
      return;
    }
    result.then(
      () => this.#succeeded(run),
      (error) => this.#rejected(run, error),
    );
  }

  #succeeded(run: HandlerRun) {
    const { work } = run;
    if (this.#running.get(work) !== run) return this.#abandonedEnded(work);
    this.#options.onHandled(work);
    this.#release(work, true);
  }

  #rejected(run: HandlerRun, error: unknown) {
    const { work } = run;
    if (this.#running.get(work) !== run) return this.#abandonedEnded(work);
    // It was stopped, so it did not fail.
    if (run.interrupted) return this.#release(work, false);
    this.#fail(work, run.abortedAt > 0 ? timeoutError(this.#options.handlerTimeoutMs, error) : error);
  }

  #abandon(work: Work) {
    this.#abandoned += 1;
    this.#options.logger.error(logFields(work), 'a handler ignored its deadline; its event counts as failed');
    this.#fail(work, timeoutError(this.#options.handlerTimeoutMs));
  }

  #abandonedEnded(work: Work) {
    this.#abandoned -= 1;
    this.#options.logger.warn(logFields(work), 'a handler ended long after its deadline; its outcome does not count');
  }

  #fail(work: Work, error: unknown): void {
    if (work.partition.ended.aborted) this.#release(work, false);
    else this.#settle(work, this.#options.onFailed(work, error));
  }

  #settle(work: Work, outcome: Promise<boolean>) {
    work.state = 'failing';
    this.#running.set(work, undefined);
    void outcome.then((done) => this.#release(work, done));
  }

  #release(work: Work, done: boolean): void {
    const owned = !work.partition.ended.aborted;
    // Stopped for a partition that came back meanwhile: it starts over, and no attempt is counted.
    if (!done && owned && !this.#stopped) {
      this.#start(work);
      return;
    }
    work.state = 'finished';
    work.event = undefined;
    this.#running.delete(work);
    this.#orphans.delete(work);
    this.#scheduler.release(work);
    work.partition.stopped();
    this.#options.onReleased(work, done && owned);
  }
}

const isFinished = (work: Work) => work.state === 'finished';

const timeoutError = (timeoutMs: number, cause?: unknown) =>
  new StageError('handler-timeout', `the handler did not finish within ${timeoutMs} ms`, { kind: 'transient', cause });
