/**
 * The event log: an append-only log with topics, partitions and consumer groups. Apache Kafka and Postgres implement it;
 * `test/conformance/event-log-suite.ts` is the contract both pass. The consumer with its failure policy stands on top of it.
 */
export interface LogRecord {
  topic: string;
  /** Records with the same key land in the same partition, in the order in which they were appended. */
  key: string;
  value: Uint8Array;
  headers: Readonly<Record<string, string>>;
}

export interface StoredRecord extends LogRecord {
  partition: number;
  /** Position in the partition, ascending; gaps are allowed. */
  offset: bigint;
  appendedAt: Date;
}

export interface TopicPartition {
  topic: string;
  partition: number;
}

export interface TopicSpec {
  name: string;
  partitions: number;
  /**
   * Copies of each record; more than the cluster has brokers is refused. Absent: three, or as many as there are brokers. Adapters
   * without replication ignore it.
   */
  replicationFactor?: number | undefined;
  /** Copies that must hold a record before `append` resolves. Absent: one less than there are copies, at least one. */
  minInSyncReplicas?: number | undefined;
  /** How long a record is kept, in milliseconds. */
  retentionMs: number;
}

/** What a member of a consumer group implements. The log calls it from one place at a time for each partition. */
export interface SubscriptionListener {
  /** Records of one partition in offset order. Must return at once; backpressure is `Subscription.pause`. */
  onRecords(records: readonly StoredRecord[]): void;
  /**
   * The partitions are about to be given up (rebalance or close), or were lost. The log waits for the promise, so that work in flight
   * can finish and be committed, but not longer than its own rebalance deadline. Meanwhile it hands over no records of these
   * partitions, unless they were lost and came back: then it begins at the offset that is committed.
   */
  onRevoking(partitions: readonly TopicPartition[]): Promise<void>;
  /** The subscription cannot continue; the process should stop and be started again. */
  onFailure(error: Error): void;
}

export interface SubscribeOptions {
  group: string;
  topics: readonly string[];
  listener: SubscriptionListener;
  /** Where a group without a committed offset begins. Default `earliest`. */
  startFrom?: 'earliest' | 'latest';
}

/** One member of a consumer group. */
export interface Subscription {
  /**
   * Stops handing over records of these partitions; a record already on its way may still arrive. It ends with the assignment: a
   * partition that comes back is not paused.
   */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /**
   * Records durably that everything below `nextOffset` is done.
   * @throws PartitionLostError when this member does not own the partition any more
   */
  commit(partition: TopicPartition, nextOffset: bigint): Promise<void>;
  /** Drains through `onRevoking`, leaves the group, and stops. */
  close(): Promise<void>;
}

export interface EventLog {
  /**
   * Creates what is missing and checks what is there.
   * @throws TopicMismatchError naming each difference and its remedy
   */
  ensureTopics(topics: readonly TopicSpec[]): Promise<void>;
  /**
   * Appends durably: resolves when every record would survive the loss of this process and, on a cluster, of a broker.
   * Records for one partition keep their order.
   * @throws EventLogUnavailableError when durability could not be confirmed in time; the records may or may not be there
   * @throws RecordTooLargeError before anything was appended
   */
  append(records: readonly LogRecord[]): Promise<void>;
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  /**
   * How long a record of these topics may be there at the longest, in milliseconds, as the log has them now: beyond its retention a log
   * keeps it until it next tidies up. `Infinity` where it keeps any for ever.
   * @throws EventLogUnavailableError
   */
  keptAtMostMs(topics: readonly string[]): Promise<number>;
  /**
   * How long each of these topics is set to keep a record, in milliseconds, as it is set now; `Infinity` for ever. Without those that are
   * not there, where the log can tell.
   * @throws EventLogUnavailableError
   */
  retentionMs(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /**
   * Whether these topics still have any record that was appended before `moment`.
   * @throws EventLogUnavailableError
   */
  holdsBefore(topics: readonly string[], moment: Date): Promise<boolean>;
  /**
   * Hands over everything that a topic has at this moment, in offset order within a partition, outside of any group that commits. For
   * what people read, such as dead letters. A record may come twice.
   * @throws EventLogUnavailableError
   */
  readNow(topic: string, onRecord: (record: StoredRecord) => void): Promise<void>;
  /** @throws EventLogUnavailableError */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export class EventLogUnavailableError extends Error {
  override readonly name = 'EventLogUnavailableError';
}

/** Value, key and headers of one record, in bytes: what Kafka's default `message.max.bytes` of 1 MiB has room for with its framing. */
export const RECORD_BYTES_MAX = 1_000_000;

/** A record has more than `RECORD_BYTES_MAX`. Large things belong into the object store: an event points at them. */
export class RecordTooLargeError extends Error {
  override readonly name = 'RecordTooLargeError';
}

export class PartitionLostError extends Error {
  override readonly name = 'PartitionLostError';
}

export class TopicMismatchError extends Error {
  override readonly name = 'TopicMismatchError';
}
