import type { OnrecordEvent } from '../../events/registry.ts';
import type { StoredRecord } from '../port.ts';
import type { AssignedPartition } from './assigned-partition.ts';
import { readFailureHeaders } from './failure-headers.ts';

/**
 * - `delayed`: in memory, not due yet
 * - `queued`: waits for its lane and a free place
 * - `handling`: its handler runs
 * - `failing`: its handler failed; on its way into a retry or dead-letter topic
 * - `finished`: done, or dropped to be read again by whoever owns the partition
 */
export type WorkState = 'delayed' | 'queued' | 'handling' | 'failing' | 'finished';

/** One record on its way through a consumer. */
export class Work {
  readonly record: StoredRecord;
  readonly offset: bigint;
  /** Events of one topic and key share a lane; a retried event shares that of its origin. */
  readonly lane: string;
  /** From 1. */
  readonly attempt: number;
  readonly firstFailedAt: Date | undefined;
  /** Milliseconds since the epoch; 0 outside of retry topics. */
  readonly notBefore: number;
  /** The group that the record is for; undefined for every group. */
  readonly group: string | undefined;
  /** Replaced when the record is delivered again while its handler still runs. */
  partition: AssignedPartition<Work>;
  state: WorkState = 'queued';
  done = false;
  nextInLane: Work | undefined = undefined;
  /** Parsed when its handler starts. */
  event: OnrecordEvent | undefined = undefined;
  /** On the clock of `performance.now()`; 0 before. */
  startedAt = 0;
  abortedAt = 0;
  /** Stopped because its partition was given up, not because it failed. */
  interrupted = false;
  /** Made when the handler asks for its signal: most never do. */
  controller: AbortController | undefined = undefined;

  constructor(record: StoredRecord, partition: AssignedPartition<Work>) {
    this.record = record;
    this.offset = record.offset;
    this.partition = partition;
    const { role } = partition;
    this.lane = `${role.origin} ${record.key}`;
    const earlier = role.delayMs > 0 ? readFailureHeaders(record.headers) : undefined;
    this.attempt = (earlier?.attempts ?? 0) + 1;
    this.firstFailedAt = earlier?.firstFailedAt;
    this.notBefore = earlier?.notBefore?.getTime() ?? 0;
    this.group = earlier?.group;
  }
}
