import { randomBytes } from 'node:crypto';
import type {
  EventLog,
  LogRecord,
  StoredRecord,
  SubscribeOptions,
  Subscription,
  SubscriptionListener,
  TopicPartition,
  TopicSpec,
} from '@onrecord/shared/event-log/port';
import { vi } from 'vitest';

/** Waits for a condition, as long as a group needs to form on a busy machine. */
export const eventually = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 50_000, interval: 20 });

/** Topics and groups are not shared between tests. */
export const unique = (name: string) => `${name}.${randomBytes(6).toString('hex')}`;

export const topicSpec = (name: string, partitions: number): TopicSpec => ({
  name,
  partitions,
  replicationFactor: 1,
  minInSyncReplicas: 1,
  retentionMs: 3_600_000,
});

export const record = (topic: string, key: string, text = ''): LogRecord => ({
  topic,
  key,
  value: Buffer.from(text),
  headers: {},
});

export const textOf = ({ value }: Pick<LogRecord, 'value'>) => Buffer.from(value).toString();

/** A listener that keeps what it is given. */
export class Reader implements SubscriptionListener {
  readonly records: StoredRecord[] = [];
  readonly failures: Error[] = [];
  readonly revoked: (readonly TopicPartition[])[] = [];
  /** What it does before it gives partitions up. */
  beforeRevoked: (partitions: readonly TopicPartition[]) => Promise<void> = async () => {};
  #subscription: Subscription | undefined;

  get subscription(): Subscription {
    if (!this.#subscription) throw new Error('not subscribed');
    return this.#subscription;
  }

  get texts(): string[] {
    return this.records.map(textOf);
  }

  static async join(log: EventLog, options: Omit<SubscribeOptions, 'listener'>, reader = new Reader()) {
    reader.#subscription = await log.subscribe({ ...options, listener: reader });
    return reader;
  }

  onRecords(records: readonly StoredRecord[]) {
    this.records.push(...records);
  }

  async onRevoking(partitions: readonly TopicPartition[]) {
    this.revoked.push(partitions);
    await this.beforeRevoked(partitions);
  }

  onFailure(error: Error) {
    this.failures.push(error);
  }

  /** Commits everything that it was given of a partition. */
  async commitAll({ topic, partition }: TopicPartition) {
    const last = this.records.findLast((each) => each.topic === topic && each.partition === partition);
    if (last) await this.subscription.commit({ topic, partition }, last.offset + 1n);
  }
}
