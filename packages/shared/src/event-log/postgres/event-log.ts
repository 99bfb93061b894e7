import type { Pool } from '../../postgres/pool.ts';
import type { Logger } from '../../telemetry/logger.ts';
import {
  type EventLog,
  EventLogUnavailableError,
  type LogRecord,
  type StoredRecord,
  type SubscribeOptions,
  type Subscription,
  type TopicSpec,
} from '../port.ts';
import { appendRecords } from './append.ts';
import type { PostgresEventLogLimits } from './limits.ts';
import { readNow } from './read-now.ts';
import { holdsBefore, keptAtMostMs, retentionMs } from './record-ages.ts';
import { checkSizes } from './record-size.ts';
import { PostgresSubscription } from './subscription.ts';
import { ensureTopics, TopicCatalog } from './topic-catalog.ts';
import { startTrimmer, type Trimmer } from './trim.ts';
import { orUnavailable } from './unavailable.ts';
import { WakeUps } from './wake-ups.ts';

export class PostgresEventLog implements EventLog {
  readonly #pool: Pool;
  readonly #limits: PostgresEventLogLimits;
  readonly #logger: Logger;
  readonly #catalog: TopicCatalog;
  readonly #wakeUps: WakeUps;
  readonly #trimmer: Trimmer;
  readonly #subscriptions = new Set<Subscription>();
  readonly #onClosed: () => Promise<void>;
  #closing: Promise<void> | undefined;

  constructor(pool: Pool, limits: PostgresEventLogLimits, logger: Logger, onClosed: () => Promise<void>) {
    this.#pool = pool;
    this.#limits = limits;
    this.#logger = logger;
    this.#catalog = new TopicCatalog(pool);
    this.#wakeUps = new WakeUps(pool, logger);
    this.#trimmer = startTrimmer(pool, limits, logger);
    this.#onClosed = onClosed;
  }

  ensureTopics(topics: readonly TopicSpec[]): Promise<void> {
    return this.#answered(() => ensureTopics(this.#pool, topics), 'create topics');
  }

  async append(records: readonly LogRecord[]): Promise<void> {
    if (records.length === 0) return;
    checkSizes(records);
    const appended = await this.#answered(async () => {
      const topics = await this.#catalog.partitionsOf([...new Set(records.map(({ topic }) => topic))]);
      return appendRecords(this.#pool, records, topics);
    }, `confirm ${records.length} record(s)`);
    this.#wakeUps.appended(appended);
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    await this.#answered(() => this.#catalog.partitionsOf(options.topics), 'name its topics');
    const context = { pool: this.#pool, wakeUps: this.#wakeUps, limits: this.#limits, logger: this.#logger };
    const subscription = new PostgresSubscription(context, options);
    await subscription.join();
    this.#subscriptions.add(subscription);
    return subscription;
  }

  keptAtMostMs(topics: readonly string[]): Promise<number> {
    return this.#answered(() => keptAtMostMs(this.#pool, topics, this.#limits), 'tell how long it keeps records');
  }

  retentionMs(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#answered(() => retentionMs(this.#pool, topics), 'tell how long it keeps records');
  }

  holdsBefore(topics: readonly string[], moment: Date): Promise<boolean> {
    return this.#answered(() => holdsBefore(this.#pool, topics, moment), 'tell its oldest records');
  }

  async readNow(topic: string, onRecord: (record: StoredRecord) => void): Promise<void> {
    const topics = await this.#answered(() => this.#catalog.partitionsOf([topic]), 'name its topics');
    await readNow(this.#pool, topic, topics.get(topic) ?? [], onRecord);
  }

  async ping(): Promise<void> {
    await this.#answered(() => this.#pool.query('SELECT'), 'answer');
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
    await Promise.all([this.#wakeUps.close(), this.#trimmer.close()]);
    await this.#onClosed();
  }

  #answered<T>(work: () => Promise<T>, what: string): Promise<T> {
    if (this.#closing) return Promise.reject(new EventLogUnavailableError('the event log is closed'));
    return orUnavailable(work(), this.#limits.answerTimeoutMs, what);
  }
}
