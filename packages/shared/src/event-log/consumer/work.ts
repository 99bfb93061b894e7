import type { OnrecordEvent } from '../../events/registry.ts';
import { sidsOf } from '../../telemetry/tracing/sids.ts';
import type { StoredRecord } from '../port.ts';
import type { AssignedPartition } from './assigned-partition.ts';
import { type EarlierAttempts, readFailureHeaders } from './failure-headers.ts';

/**
 * - `delayed`: in memory, not due yet
 * - `queued`: waits for its lane and a free place
 * - `handling`: its handler runs
 * - `failing`: its handler failed; on its way into a retry or dead-letter topic
 * - `finished`: done, or dropped to be read again by whoever owns the partition
 */
export type WorkState = 'delayed' | 'queued' | 'handling' | 'failing' | 'finished';

/** One record on its way through a consumer. Thousands may wait: what only a run of the handler needs is kept with the run. */
export class Work {
  readonly record: StoredRecord;
  /** Of a record from a retry topic. */
  readonly earlier: EarlierAttempts | undefined;
  /** Replaced when the record is delivered again while its handler still runs. */
  partition: AssignedPartition<Work>;
  state: WorkState = 'queued';
  done = false;
  nextInLane: Work | undefined = undefined;
  /** What its handler was given, while it runs and while its failure is dealt with. */
  event: OnrecordEvent | undefined = undefined;

  constructor(record: StoredRecord, partition: AssignedPartition<Work>) {
    this.record = record;
    this.partition = partition;
    this.earlier = partition.role.delayMs > 0 ? readFailureHeaders(record.headers) : undefined;
  }

  get offset(): bigint {
    return this.record.offset;
  }

  /** Events of one topic and key share a lane; a retried event shares that of its origin. */
  get laneGroup(): string {
    return this.partition.role.origin;
  }

  get lane(): string {
    return this.record.key;
  }

  /** From 1. */
  get attempt(): number {
    return (this.earlier?.attempts ?? 0) + 1;
  }

  /** Milliseconds since the epoch; 0 outside of retry topics. */
  get notBefore(): number {
    return this.earlier?.notBefore?.getTime() ?? 0;
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
  ...(event && sidsOf(event)),
  traceparent: event?.traceparent,
  attempt,
});
