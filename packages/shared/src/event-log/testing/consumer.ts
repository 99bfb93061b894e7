import pino from 'pino';
import { Registry } from 'prom-client';
import { vi } from 'vitest';
import { callStatusChanged, createEvent } from '../../events/index.ts';
import { toRecord } from '../../events/kafka-binding.ts';
import { type ConsumerOptions, startConsumer } from '../consumer.ts';
import type { LogRecord, StoredRecord, Subscription, SubscriptionListener } from '../port.ts';

export const TOPIC = 'onrecord.telephony';
export const AT = { topic: TOPIC, partition: 0 };
const sid = (prefix: string, number: number) => `${prefix}${number.toString(16).padStart(32, '0')}`;

export function stored(offset: number, { call = offset, topic = TOPIC, headers = {} } = {}): StoredRecord {
  const event = createEvent(
    callStatusChanged,
    {
      accountSid: sid('AC', 1),
      callSid: sid('CA', call),
      status: 'completed',
      occurredAt: '2026-11-20T10:00:00Z',
      parameters: {},
    },
    { time: '2026-11-20T10:00:00Z' },
  );
  const record = toRecord(event);
  return {
    ...record,
    topic,
    headers: { ...record.headers, ...headers },
    partition: 0,
    offset: BigInt(offset),
    appendedAt: new Date(),
  };
}

/** A handler whose runs are ended by hand. */
export function manualHandler() {
  const runs: { offset: number; signal: AbortSignal; end: () => void; fail: (error: unknown) => void }[] = [];
  const handle: ConsumerOptions['handle'] = (_, { record, signal }) =>
    new Promise((end, fail) => runs.push({ offset: Number(record.offset), signal, end, fail }));
  return { runs, handle, started: () => runs.map(({ offset }) => offset) };
}

/**
 * A consumer on a log that does what the test says, for the moments that a real server does not produce on demand: a record delivered
 * again while it is in flight, a partition taken away in the middle, a commit refused. Everything else is promised in
 * `test/conformance/consumer.test.ts`, on real logs.
 */
export async function startOnFakeLog(options: Partial<ConsumerOptions> & Pick<ConsumerOptions, 'handle'>) {
  const appended: LogRecord[] = [];
  const commits: number[] = [];
  const paused = new Set<string>();
  const nameOf = ({ topic, partition }: { topic: string; partition: number }) => `${topic}/${partition}`;
  const log = {
    listener: undefined as unknown as SubscriptionListener,
    append: vi.fn(async (records: readonly LogRecord[]) => void appended.push(...records)),
    commit: vi.fn(async (_: unknown, next: bigint) => void commits.push(Number(next))),
  };
  const subscription: Subscription = {
    pause: (partitions) => partitions.forEach((at) => void paused.add(nameOf(at))),
    resume: (partitions) => partitions.forEach((at) => void paused.delete(nameOf(at))),
    commit: log.commit,
    close: async () => {},
  };
  const onFailure = vi.fn();
  const metrics = new Registry();
  const consumer = await startConsumer({
    log: {
      append: log.append,
      subscribe: async ({ listener }) => {
        log.listener = listener;
        return subscription;
      },
    },
    group: 'retention',
    topics: [TOPIC],
    drainTimeoutMs: 50,
    handlerGraceMs: 20,
    logger: pino({ level: 'silent' }),
    metrics,
    onFailure,
    ...options,
  });
  const deliver = (...records: StoredRecord[]) => log.listener.onRecords(records);
  return { consumer, log, deliver, appended, commits, paused, onFailure, metrics };
}
