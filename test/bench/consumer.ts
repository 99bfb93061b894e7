import { randomUUID } from 'node:crypto';
import { startConsumer } from '@onrecord/shared/event-log/consumer';
import { openEventLog } from '@onrecord/shared/event-log/open';
import type { EventLog, LogRecord } from '@onrecord/shared/event-log/port';
import { createEvent, recordingReported } from '@onrecord/shared/events';
import { TOPICS } from '@onrecord/shared/events/envelope';
import { toRecord } from '@onrecord/shared/events/kafka-binding';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { createMetrics } from '@onrecord/shared/telemetry/metrics';
import kafkajs, { type Kafka } from 'kafkajs';
import { startKafka } from '../servers/kafka.ts';
import { type BenchResult, median } from './result.ts';

const ROUNDS = 7;
const EVENTS = 100_000;
const CALLS = 5_000;
const CONCURRENCY = 16;
const TARGET = 0.8;

const logger = createLogger({ service: 'bench', level: 'silent' });
const sid = (prefix: string, number: number) => prefix + number.toString(16).padStart(32, '0');

/**
 * Events handled and committed per second, from the first record to the last commit: the consumer with an empty handler, 16 at a
 * time ÷ kafkajs alone, whose `eachBatch` awaits an empty handler for each message and commits each batch.
 */
export async function benchConsumer(rounds = ROUNDS): Promise<BenchResult[]> {
  const server = await startKafka();
  const options = {
    url: server.url,
    partitions: 12,
    retentionMs: 3_600_000,
    saslMechanism: 'plain',
    allowSingleCopy: false,
  } as const;
  const log = await openEventLog({ ...options, clientId: 'bench', logger });
  const kafka = new kafkajs.Kafka({
    brokers: [server.url.replace('kafka://', '')],
    logLevel: kafkajs.logLevel.NOTHING,
  });
  try {
    for (let first = 0; first < EVENTS; first += 1_000) await log.append(events(first, 1_000));
    const ways = { consumer: () => timeConsumer(log), plain: () => timePlain(kafka) };
    for (const warmUp of Object.values(ways)) await warmUp();
    const ratios: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const order = round % 2 === 0 ? (['consumer', 'plain'] as const) : (['plain', 'consumer'] as const);
      const times = { consumer: 0, plain: 0 };
      for (const way of order) times[way] = await ways[way]();
      ratios.push(times.plain / times.consumer);
    }
    const name = 'consumer, 16 handlers at a time ÷ kafkajs alone (100,000 events, 12 partitions, empty handler)';
    return [{ name, ratio: median(ratios), rounds: ratios, target: TARGET }];
  } finally {
    await log.close();
    await server.stop();
  }
}

function events(first: number, count: number): LogRecord[] {
  return Array.from({ length: count }, (_, n) =>
    toRecord(
      createEvent(
        recordingReported,
        {
          accountSid: sid('AC', 1),
          callSid: sid('CA', (first + n) % CALLS),
          recordingSid: sid('RE', first + n),
          status: 'completed',
          recordingSource: 'StartCallRecordingTwiML',
          channels: 2,
          durationSeconds: 42,
          startedAt: '2026-11-20T10:00:00Z',
          parameters: { RecordingTrack: 'both' },
        },
        { time: '2026-11-20T10:00:01Z' },
      ),
    ),
  );
}

/** Resolves with the milliseconds from the first call of `start` to the one of `add` that brings the total to all events. */
function stopwatch() {
  const { promise, resolve } = Promise.withResolvers<number>();
  let started: number | undefined;
  let total = 0n;
  return {
    time: promise,
    start: () => {
      started ??= performance.now();
    },
    add: (committed: bigint) => {
      total += committed;
      if (total === BigInt(EVENTS) && started !== undefined) resolve(performance.now() - started);
    },
  };
}

async function timeConsumer(log: EventLog): Promise<number> {
  const watch = stopwatch();
  const observed = { append: log.append.bind(log), subscribe: observedSubscribe(log, watch) };
  const handled = Promise.withResolvers<void>();
  let count = 0;
  const consumer = await startConsumer({
    log: observed,
    group: randomUUID(),
    topics: [TOPICS.telephony],
    concurrency: CONCURRENCY,
    handle: async () => {
      count += 1;
      if (count === EVENTS) handled.resolve();
    },
    logger,
    metrics: createMetrics('bench'),
    onFailure: (error) => handled.reject(error),
  });
  await handled.promise;
  await consumer.close();
  return watch.time;
}

/** Watches the first record arrive and the commits get through. */
function observedSubscribe(log: EventLog, watch: ReturnType<typeof stopwatch>): EventLog['subscribe'] {
  return async ({ listener, ...options }) => {
    const committed = new Map<number, bigint>();
    const subscription = await log.subscribe({
      ...options,
      listener: {
        onRecords: (records) => {
          watch.start();
          listener.onRecords(records);
        },
        onRevoking: (partitions) => listener.onRevoking(partitions),
        onFailure: (error) => listener.onFailure(error),
      },
    });
    return {
      pause: (partitions) => subscription.pause(partitions),
      resume: (partitions) => subscription.resume(partitions),
      commit: async (at, nextOffset) => {
        await subscription.commit(at, nextOffset);
        watch.add(nextOffset - (committed.get(at.partition) ?? 0n));
        committed.set(at.partition, nextOffset);
      },
      close: () => subscription.close(),
    };
  };
}

async function timePlain(kafka: Kafka): Promise<number> {
  const watch = stopwatch();
  const consumer = kafka.consumer({ groupId: randomUUID() });
  await consumer.connect();
  await consumer.subscribe({ topics: [TOPICS.telephony], fromBeginning: true });
  const handle = async () => {};
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    eachBatch: async ({ batch, resolveOffset, heartbeat }) => {
      watch.start();
      const { topic, partition, messages } = batch;
      for (const message of messages) {
        await handle();
        resolveOffset(message.offset);
      }
      const offset = String(BigInt(batch.lastOffset()) + 1n);
      await consumer.commitOffsets([{ topic, partition, offset }]);
      watch.add(BigInt(messages.length));
      await heartbeat();
    },
  });
  const time = await watch.time;
  await consumer.disconnect();
  return time;
}

if (import.meta.main) console.log(JSON.stringify(await benchConsumer(), undefined, 2));
