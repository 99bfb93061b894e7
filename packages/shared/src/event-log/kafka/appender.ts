import { setTimeout as sleep } from 'node:timers/promises';
import { EventLogUnavailableError, type LogRecord, RecordTooLargeError } from '../port.ts';
import { BATCH_BYTES_MAX, checkSizes, cutIntoBatches } from './batches.ts';
import type { KafkaConnection } from './connection.ts';
import { isRefusal, protocolError, rootCause, unavailable, until } from './errors.ts';
import { OneTimeProducer } from './producer.ts';
import { Turns } from './turns.ts';

/** From a producer that failed to the next one. */
const RETRY_DELAY_MS = 100;

/** Appends one batch at a time, with a new producer whenever one has failed, until the deadline. */
export class Appender {
  readonly #connection: KafkaConnection;
  readonly #turns = new Turns();
  #producer: OneTimeProducer | undefined;
  #closed = false;

  constructor(connection: KafkaConnection) {
    this.#connection = connection;
  }

  /**
   * @throws RecordTooLargeError before anything was appended
   * @throws EventLogUnavailableError when the deadline has passed
   */
  async append(records: readonly LogRecord[]): Promise<void> {
    checkSizes(records);
    const what = `confirm ${records.length} record(s)`;
    const deadline = performance.now() + this.#connection.limits.appendTimeoutMs;
    const endTurn = await this.#turns.take(deadline, what);
    try {
      for (const batch of cutIntoBatches(records)) await this.#appendBatch(batch, deadline, what);
    } finally {
      endTurn();
    }
  }

  /** What waits fails; what is on its way may or may not be stored. */
  close() {
    this.#closed = true;
    this.#discard();
  }

  async #appendBatch(batch: readonly LogRecord[], deadline: number, what: string): Promise<void> {
    for (;;) {
      if (this.#closed) throw new EventLogUnavailableError('the event log is closed');
      this.#producer ??= new OneTimeProducer(this.#connection);
      try {
        return await until(deadline, what, this.#producer.send(batch));
      } catch (error) {
        this.#discard();
        const failure = toFailure(error, what);
        if (failure || performance.now() + RETRY_DELAY_MS >= deadline) throw failure ?? unavailable(what, error);
        this.#connection.logger.warn({ reason: rootCause(error).message }, 'an append failed and is tried again');
        await sleep(RETRY_DELAY_MS);
      }
    }
  }

  #discard() {
    this.#producer?.discard();
    this.#producer = undefined;
  }
}

/** What ends an append before its deadline; undefined when a new producer may succeed. */
function toFailure(error: unknown, what: string): Error | undefined {
  if (error instanceof EventLogUnavailableError) return error;
  const type = protocolError(error);
  if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') {
    const remedy = `set its max.message.bytes to ${BATCH_BYTES_MAX} or more`;
    return new RecordTooLargeError(`a topic takes smaller records than it should: ${remedy}`, { cause: error });
  }
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') {
    return new Error('no such topic; ensureTopics creates what is missing', { cause: error });
  }
  return isRefusal(error)
    ? new Error(`Kafka refused to ${what}: ${rootCause(error).message}`, { cause: error })
    : undefined;
}
