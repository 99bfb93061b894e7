import { randomBytes } from 'node:crypto';
import { type Consumer, type ConsumerOptions, startConsumer } from '@onrecord/shared/event-log/consumer';
import { deadLetterTopic, type RetryPolicy, retryTopics } from '@onrecord/shared/event-log/failure-policy';
import type { EventLog, LogRecord, StoredRecord } from '@onrecord/shared/event-log/port';
import { callStatusChanged, createEvent } from '@onrecord/shared/events';
import { toRecord } from '@onrecord/shared/events/kafka-binding';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { createMetrics } from '@onrecord/shared/telemetry/metrics';
import { vi } from 'vitest';

/** Short, so that a test sees an event through all of its attempts. */
export const QUICK_POLICY: RetryPolicy = { delaysMs: [100, 300], maxAttempts: 3 };

const sid = (prefix: string, number: number) => `${prefix}${number.toString(16).padStart(32, '0')}`;

/** The `number`th event of a call, as a record of a topic. */
export function callRecord(topic: string, call: number, number = 0): LogRecord {
  const event = createEvent(
    callStatusChanged,
    {
      accountSid: sid('AC', 1),
      callSid: sid('CA', call),
      status: `status-${number}`,
      sequenceNumber: number,
      occurredAt: '2026-11-20T10:00:00Z',
      parameters: {},
    },
    { time: '2026-11-20T10:00:00Z' },
  );
  return { ...toRecord(event), topic };
}

/** What a test works on: topics of its own on a real log, closed with everything that read them. */
export class Bench {
  readonly log: EventLog;
  readonly topic = `conformance.${randomBytes(6).toString('hex')}`;
  readonly #openLog: () => Promise<EventLog>;
  readonly #closers: (() => Promise<void>)[] = [];

  private constructor(log: EventLog, openLog: () => Promise<EventLog>) {
    this.log = log;
    this.#openLog = openLog;
  }

  static async open(openLog: () => Promise<EventLog>): Promise<Bench> {
    const bench = new Bench(await openLog(), openLog);
    const { topic, log } = bench;
    const names = [...retryTopics(topic, QUICK_POLICY).map(({ name }) => name), deadLetterTopic(topic)];
    const spec = { replicationFactor: 1, minInSyncReplicas: 1, retentionMs: 3_600_000 };
    await log.ensureTopics([
      { name: topic, partitions: 4, ...spec },
      ...names.map((name) => ({ name, partitions: 1, ...spec })),
    ]);
    return bench;
  }

  /** Starts a consumer, by default on a log of its own as another process would; `closeAll` closes what a test leaves open. */
  async consume(options: Partial<ConsumerOptions> & Pick<ConsumerOptions, 'handle'>): Promise<Consumer> {
    const log = await this.#openLog();
    const consumer = await startConsumer({
      log,
      group: `${this.topic}.group`,
      topics: [this.topic],
      retryPolicy: QUICK_POLICY,
      drainTimeoutMs: 5_000,
      handlerGraceMs: 200,
      logger: createLogger({ service: 'conformance', level: 'silent' }),
      metrics: createMetrics('conformance'),
      onFailure: (error) => {
        throw error;
      },
      ...options,
    });
    let closed: Promise<void> | undefined;
    const close = () => {
      closed ??= consumer.close().then(() => log.close());
      return closed;
    };
    this.#closers.push(close);
    return { close };
  }

  /** Reads a topic from its beginning until it has shown `count` records. */
  async read(topic: string, count: number): Promise<StoredRecord[]> {
    const records: StoredRecord[] = [];
    const subscription = await this.log.subscribe({
      group: `reader.${randomBytes(6).toString('hex')}`,
      topics: [topic],
      listener: {
        onRecords: (more) => void records.push(...more),
        onRevoking: async () => {},
        onFailure: (error) => {
          throw error;
        },
      },
    });
    await eventually(() => records.length >= count);
    await subscription.close();
    return records;
  }

  async closeAll() {
    for (const close of this.#closers) await close();
    await this.log.close();
  }
}

/** Waits for a condition, as long as a group needs to form on a busy machine. */
export const eventually = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 40_000, interval: 20 });
