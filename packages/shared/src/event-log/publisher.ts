import { toRecord } from '../events/kafka-binding.ts';
import type { OnrecordEvent } from '../events/registry.ts';
import { isTracing } from '../telemetry/tracing/spans.ts';
import { type EventLog, type LogRecord, RECORD_BYTES_MAX, RecordTooLargeError } from './port.ts';
import { type AppendLimits, BatchAppender } from './publisher/batch-appender.ts';
import { inSendSpans } from './publisher/send-spans.ts';

export { PublisherOverloadedError } from './publisher/batch-appender.ts';

/** Publishes events durably. */
export interface Publisher {
  /**
   * Resolves when every event is durable. Events of one key keep their order, within a call and from call to call.
   * @throws PublisherOverloadedError when too much is waiting already; nothing was published
   * @throws RecordTooLargeError when an event is too large to be kept; nothing was published
   * @throws EventLogUnavailableError when durability could not be confirmed in time; the events may or may not be there
   */
  publish(events: readonly OnrecordEvent[]): Promise<void>;
  /** Takes no more events, and resolves when those taken are durable or given up. */
  close(): Promise<void>;
}

export type PublisherOptions = Partial<AppendLimits>;

const DEFAULT_LIMITS: AppendLimits = {
  recordsMax: 500,
  // Half of what Kafka takes in one batch by default (`message.max.bytes`, 1 MiB): headers and framing come on top.
  bytesMax: 512 * 1024,
  // One on its way and one being written keeps the log busy; more would only make the batches smaller.
  appendsInFlightMax: 2,
  queueMax: 10_000,
  // Twilio waits 15 s for a callback's answer: 3 s leave it time to try again.
  deadlineMs: 3_000,
};

/** Leaves room in a record for the event's attributes, and for what a retry or a dead letter says beside them. */
const DATA_BYTES_MAX = RECORD_BYTES_MAX - 100_000;

/** Coalesces concurrent publishes into few appends. The log stays the caller's: `close()` does not close it. */
export function createPublisher(log: Pick<EventLog, 'append'>, options: PublisherOptions = {}): Publisher {
  const appender = new BatchAppender(log, { ...DEFAULT_LIMITS, ...options });
  const send = async (events: readonly OnrecordEvent[]) => {
    await appender.append(events.map(toRecordOfSize));
  };
  return {
    publish: (events) => (isTracing() ? inSendSpans(events, send) : send(events)),
    close: () => appender.close(),
  };
}

function toRecordOfSize(event: OnrecordEvent): LogRecord {
  const record = toRecord(event);
  const bytes = record.value.byteLength;
  if (bytes <= DATA_BYTES_MAX) return record;
  throw new RecordTooLargeError(`the data of ${event.id} has ${bytes} bytes, and ${DATA_BYTES_MAX} are the most`);
}
