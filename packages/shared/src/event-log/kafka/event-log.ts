import {
  type EventLog,
  EventLogUnavailableError,
  type LogRecord,
  type StoredRecord,
  type SubscribeOptions,
  type Subscription,
  type TopicSpec,
} from '../port.ts';
import { AdminClient } from './admin.ts';
import { Appender } from './appender.ts';
import type { KafkaConnection } from './connection.ts';
import { ensureTopics } from './ensure-topics.ts';
import { endsOf, readNow } from './read-now.ts';
import { holdsBefore, keptAtMostMs, retentionMs } from './record-ages.ts';
import { KafkaSubscription } from './subscription.ts';

export class KafkaEventLog implements EventLog {
  readonly #connection: KafkaConnection;
  readonly #allowSingleCopy: boolean;
  readonly #appender: Appender;
  readonly #admin: AdminClient;
  readonly #subscriptions = new Set<Subscription>();
  #closed = false;

  constructor(connection: KafkaConnection, allowSingleCopy: boolean) {
    this.#connection = connection;
    this.#allowSingleCopy = allowSingleCopy;
    this.#appender = new Appender(connection);
    this.#admin = new AdminClient(connection);
  }

  async ensureTopics(topics: readonly TopicSpec[]): Promise<void> {
    const timeoutMs = this.#connection.limits.adminTimeoutMs;
    const brokersNamed = this.#connection.brokers.length;
    const options = { allowSingleCopy: this.#allowSingleCopy, brokersNamed, timeoutMs };
    await this.#open().#admin.persist('create or describe topics', timeoutMs, (admin) =>
      ensureTopics(admin, topics, options),
    );
  }

  async append(records: readonly LogRecord[]): Promise<void> {
    await this.#open().#appender.append(records);
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    const subscription = new KafkaSubscription(this.#open().#connection, options);
    this.#subscriptions.add(subscription);
    await subscription.start();
    return subscription;
  }

  keptAtMostMs(topics: readonly string[]): Promise<number> {
    const { adminTimeoutMs } = this.#connection.limits;
    return this.#open().#admin.run('describe topics', adminTimeoutMs, (admin) => keptAtMostMs(admin, topics));
  }

  retentionMs(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const { adminTimeoutMs } = this.#connection.limits;
    return this.#open().#admin.run('describe topics', adminTimeoutMs, (admin) => retentionMs(admin, topics));
  }

  holdsBefore(topics: readonly string[], moment: Date): Promise<boolean> {
    const { adminTimeoutMs } = this.#connection.limits;
    return this.#open().#admin.run('tell its oldest records', adminTimeoutMs, (admin) =>
      holdsBefore(admin, topics, moment),
    );
  }

  async readNow(topic: string, onRecord: (record: StoredRecord) => void): Promise<void> {
    const { adminTimeoutMs } = this.#connection.limits;
    const ends = await this.#open().#admin.run('tell its ends', adminTimeoutMs, (admin) => endsOf(admin, topic));
    await readNow(this.#connection, topic, ends, onRecord);
  }

  async ping(): Promise<void> {
    const { pingTimeoutMs } = this.#connection.limits;
    await this.#open().#admin.run('answer', pingTimeoutMs, (admin) => admin.describeCluster());
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
    this.#appender.close();
    this.#admin.close();
  }

  #open(): this {
    if (this.#closed) throw new EventLogUnavailableError('the event log is closed');
    return this;
  }
}
