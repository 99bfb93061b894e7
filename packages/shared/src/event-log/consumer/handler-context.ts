import type { Logger } from 'pino';
import type { StoredRecord } from '../port.ts';
import type { Work } from './work.ts';

/** What a handler is given beside its event. */
export interface HandlerContext {
  /** From 1; counts across retry topics. */
  readonly attempt: number;
  /** Aborted at the deadline, and when the event is going to be handled elsewhere. Pass it to everything that waits. */
  readonly signal: AbortSignal;
  /** Names the event in every line. */
  readonly logger: Logger;
  readonly record: StoredRecord;
}

/** Makes the signal and the logger when they are asked for: a handler that needs neither pays for neither. */
export class LazyHandlerContext implements HandlerContext {
  readonly #work: Work;
  readonly #logger: Logger;
  #eventLogger: Logger | undefined;

  constructor(work: Work, logger: Logger) {
    this.#work = work;
    this.#logger = logger;
  }

  get attempt() {
    return this.#work.attempt;
  }

  get record() {
    return this.#work.record;
  }

  get signal() {
    this.#work.controller ??= new AbortController();
    return this.#work.controller.signal;
  }

  get logger() {
    this.#eventLogger ??= this.#logger.child(logFields(this.#work));
    return this.#eventLogger;
  }
}

/** What a log line says about the event it is about. */
export const logFields = ({ record, event, attempt }: Work) => ({
  topic: record.topic,
  partition: record.partition,
  offset: String(record.offset),
  key: record.key,
  eventId: event?.id,
  eventType: event?.type,
  traceparent: event?.traceparent,
  attempt,
});
