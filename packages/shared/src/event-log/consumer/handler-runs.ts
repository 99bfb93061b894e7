import type { Logger } from 'pino';
import { openRecord } from '../../events/kafka-binding.ts';
import type { OnrecordEvent } from '../../events/registry.ts';
import { StageError } from '../failure-policy.ts';
import type { StoredRecord } from '../port.ts';
import { type HandlerContext, LazyHandlerContext, logFields } from './handler-context.ts';
import { KeyScheduler } from './key-scheduler.ts';
import type { Work } from './work.ts';

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
  readonly #running = new Set<Work>();
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

  get running(): ReadonlySet<Work> {
    return this.#running;
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
      this.#running.add(work);
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
    for (const work of this.#running) {
      if (work.partition !== partition) continue;
      work.interrupted = true;
      this.#orphans.add(work);
      this.#abort(work, reason);
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
    for (const work of this.#running) {
      if (work.state !== 'handling') continue;
      if (work.abortedAt > 0) {
        if (now - work.abortedAt >= handlerGraceMs) this.#abandon(work);
      } else if (now - work.startedAt >= handlerTimeoutMs) {
        this.#abort(work, timeoutError(handlerTimeoutMs));
      }
    }
  }

  #start(work: Work) {
    if (work.notBefore > 0 && work.notBefore > Date.now()) {
      work.state = 'failing';
      void this.#options.onEarly(work).then((done) => this.#release(work, done));
      return;
    }
    work.state = 'handling';
    work.startedAt = performance.now();
    let run: Promise<void>;
    try {
      work.event ??= openRecord(work.record);
      run = this.#options.handle(work.event, new LazyHandlerContext(work, this.#options.logger));
    } catch (error) {
      this.#fail(work, error);
      return;
    }
    run.then(
      () => this.#succeeded(work),
      (error) => this.#rejected(work, error),
    );
  }

  #succeeded(work: Work) {
    if (work.state !== 'handling') return this.#abandonedEnded(work);
    this.#options.onHandled(work);
    this.#release(work, true);
  }

  #rejected(work: Work, error: unknown) {
    if (work.state !== 'handling') return this.#abandonedEnded(work);
    // It was stopped, so it did not fail.
    if (work.interrupted) return this.#release(work, false);
    this.#fail(work, work.abortedAt > 0 ? timeoutError(this.#options.handlerTimeoutMs, error) : error);
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

  #fail(work: Work, error: unknown) {
    work.state = 'failing';
    if (work.partition.ended.aborted) return this.#release(work, false);
    void this.#options.onFailed(work, error).then((done) => this.#release(work, done));
  }

  #release(work: Work, done: boolean) {
    const owned = !work.partition.ended.aborted;
    // Stopped for a partition that came back meanwhile: it starts over, and no attempt is counted.
    if (!done && owned && !this.#stopped) return this.#restart(work);
    work.state = 'finished';
    this.#running.delete(work);
    this.#orphans.delete(work);
    this.#scheduler.release(work);
    work.partition.stopped();
    this.#options.onReleased(work, done && owned);
  }

  #restart(work: Work) {
    work.interrupted = false;
    work.abortedAt = 0;
    work.controller = undefined;
    this.#start(work);
  }

  #abort(work: Work, reason: Error) {
    if (work.state !== 'handling' || work.abortedAt > 0) return;
    work.abortedAt = performance.now();
    work.controller ??= new AbortController();
    work.controller.abort(reason);
  }
}

const isFinished = (work: Work) => work.state === 'finished';

const timeoutError = (timeoutMs: number, cause?: unknown) =>
  new StageError('handler-timeout', `the handler did not finish within ${timeoutMs} ms`, { kind: 'transient', cause });
