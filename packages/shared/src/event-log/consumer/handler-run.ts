import type { OnrecordEvent } from '../../events/registry.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { HandlerContext } from './handler-context.ts';
import { logFields, type Work } from './work.ts';

/** One run of a handler. Its signal and logger are made when they are asked for: a handler that needs neither pays for neither. */
export class HandlerRun implements HandlerContext {
  readonly work: Work;
  readonly event: OnrecordEvent;
  readonly startedAt = performance.now();
  /** On the clock of `performance.now()`; 0 before. */
  abortedAt = 0;
  /** Stopped because its partition was given up, not because it failed. */
  interrupted = false;
  readonly #logger: Logger;
  #eventLogger: Logger | undefined = undefined;
  #controller: AbortController | undefined = undefined;

  constructor(work: Work, event: OnrecordEvent, logger: Logger) {
    this.work = work;
    this.event = event;
    this.#logger = logger;
  }

  get attempt() {
    return this.work.attempt;
  }

  get record() {
    return this.work.record;
  }

  get signal() {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  get logger() {
    this.#eventLogger ??= this.#logger.child(logFields(this.work));
    return this.#eventLogger;
  }

  abort(reason: Error) {
    if (this.abortedAt > 0) return;
    this.abortedAt = performance.now();
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }
}
