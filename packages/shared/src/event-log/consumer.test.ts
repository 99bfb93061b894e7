import pino from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it, vi } from 'vitest';
import { callStatusChanged, createEvent } from '../events/index.ts';
import { toRecord } from '../events/kafka-binding.ts';
import { type ConsumerOptions, startConsumer } from './consumer.ts';
import { StageError } from './failure-policy.ts';
import {
  EventLogUnavailableError,
  type LogRecord,
  PartitionLostError,
  type StoredRecord,
  type Subscription,
  type SubscriptionListener,
} from './port.ts';

/**
 * The moments that a real server does not produce on demand: a record delivered again while it is in flight, a partition taken away
 * in the middle, a commit refused. Everything else is promised in `test/conformance/consumer.test.ts`, on real logs.
 */
const TOPIC = 'onrecord.telephony';
const AT = { topic: TOPIC, partition: 0 };
const sid = (prefix: string, number: number) => `${prefix}${number.toString(16).padStart(32, '0')}`;

function stored(offset: number, { call = offset, topic = TOPIC, headers = {} } = {}): StoredRecord {
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
function manualHandler() {
  const runs: { offset: number; signal: AbortSignal; end: () => void; fail: (error: unknown) => void }[] = [];
  const handle: ConsumerOptions['handle'] = (_, { record, signal }) =>
    new Promise((end, fail) => runs.push({ offset: Number(record.offset), signal, end, fail }));
  return { runs, handle, started: () => runs.map(({ offset }) => offset) };
}

async function start(options: Partial<ConsumerOptions> & Pick<ConsumerOptions, 'handle'>) {
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

describe('a consumer', () => {
  it('does not start a record again that is delivered again while it is in flight', async () => {
    const { runs, handle, started } = manualHandler();
    const { consumer, deliver, commits } = await start({ handle });
    deliver(stored(1), stored(2));
    deliver(stored(1), stored(2), stored(3));
    expect(started()).toEqual([1, 2, 3]);
    for (const run of runs) run.end();
    await vi.waitFor(() => expect(commits.at(-1)).toBe(4));
    deliver(stored(2));
    expect(started()).toEqual([1, 2, 3]);
    await consumer.close();
  });

  it('hands records over again when the log goes back further than it has seen', async () => {
    const { runs, handle, started } = manualHandler();
    const { consumer, deliver, commits } = await start({ handle });
    deliver(stored(10));
    deliver(stored(8), stored(9), stored(10));
    expect(started()).toEqual([10, 8, 9]);
    for (const run of runs) run.end();
    await vi.waitFor(() => expect(commits.at(-1)).toBe(11));
    await consumer.close();
  });

  it('adopts a handler that still runs when its partition comes back', async () => {
    const { runs, handle, started } = manualHandler();
    const { consumer, deliver, log, commits } = await start({ handle, handlerGraceMs: 10_000 });
    deliver(stored(1), stored(2, { call: 1 }));
    await log.listener.onRevoking([AT]);
    expect(runs[0]?.signal.aborted).toBe(true);
    deliver(stored(1), stored(2, { call: 1 }));
    expect(started()).toEqual([1]);
    runs[0]?.end();
    await vi.waitFor(() => expect(started()).toEqual([1, 2]));
    runs[1]?.end();
    await vi.waitFor(() => expect(commits.at(-1)).toBe(3));
    await consumer.close();
  });

  it('starts an interrupted record over, with no attempt counted, when its partition comes back', async () => {
    const { runs, handle, started } = manualHandler();
    const { consumer, deliver, log, commits, appended } = await start({ handle, handlerGraceMs: 10_000 });
    deliver(stored(1));
    await log.listener.onRevoking([AT]);
    deliver(stored(1));
    runs[0]?.fail(runs[0].signal.reason);
    await vi.waitFor(() => expect(started()).toEqual([1, 1]));
    expect(runs[1]?.signal.aborted).toBe(false);
    runs[1]?.end();
    await vi.waitFor(() => expect(commits.at(-1)).toBe(2));
    expect(appended).toEqual([]);
    await consumer.close();
  });

  it('finishes and commits what is in flight before a partition is given up, and drops the rest', async () => {
    const { runs, handle, started } = manualHandler();
    const { consumer, deliver, log, commits } = await start({ handle, drainTimeoutMs: 10_000 });
    deliver(stored(1), stored(2), stored(3, { call: 1 }));
    const revoked = log.listener.onRevoking([AT]);
    expect(started()).toEqual([1, 2]);
    for (const run of runs) run.end();
    await revoked;
    expect(commits).toEqual([3]);
    expect(started()).toEqual([1, 2]);
    await consumer.close();
  });

  it('keeps records that arrive while their partition is being given up: it may have come back', async () => {
    const { runs, handle, started } = manualHandler();
    const { consumer, deliver, log, commits, paused } = await start({ handle, drainTimeoutMs: 10_000 });
    deliver(stored(1), stored(2, { call: 1 }));
    const revoked = log.listener.onRevoking([AT]);
    deliver(stored(2, { call: 1 }), stored(3));
    expect([started(), [...paused]]).toEqual([[1], [`${TOPIC}/0`]]);
    runs[0]?.end();
    await revoked;
    expect([started(), [...paused]]).toEqual([[1, 2, 3], []]);
    for (const run of runs) run.end();
    await vi.waitFor(() => expect(commits.at(-1)).toBe(4));
    await consumer.close();
  });

  it('commits nothing for a handler that ends after its partition was given up', async () => {
    const { runs, handle } = manualHandler();
    const { consumer, deliver, log, commits } = await start({ handle });
    deliver(stored(1));
    await log.listener.onRevoking([AT]);
    runs[0]?.end();
    await consumer.close();
    expect(commits).toEqual([]);
  });

  it('stops working on a partition whose commit says that it is lost', async () => {
    const { runs, handle, started } = manualHandler();
    const { consumer, deliver, log, appended } = await start({ handle });
    log.commit.mockRejectedValueOnce(new PartitionLostError('another member has it'));
    deliver(stored(1), stored(2), stored(3, { call: 2 }));
    runs[0]?.end();
    await vi.waitFor(() => expect(runs[1]?.signal.aborted).toBe(true));
    runs[1]?.fail(new Error('aborted'));
    await consumer.close();
    expect(started()).toEqual([1, 2]);
    expect(appended).toEqual([]);
  });

  it('keeps committing after a commit failed', async () => {
    const { runs, handle } = manualHandler();
    const { consumer, deliver, log, commits } = await start({ handle });
    log.commit.mockRejectedValueOnce(new Error('the coordinator is loading'));
    deliver(stored(1));
    runs[0]?.end();
    await vi.waitFor(() => expect(commits.at(-1)).toBe(2));
    await consumer.close();
  });

  it('does not count an offset as done until its failure is durable elsewhere', async () => {
    const { runs, handle } = manualHandler();
    const { consumer, deliver, log, commits, appended } = await start({ handle });
    log.append.mockRejectedValueOnce(new Error('the log is away')).mockRejectedValueOnce(new Error('still away'));
    deliver(stored(1), stored(2));
    runs[0]?.fail(new StageError('archive', 'disk full', { kind: 'permanent' }));
    runs[1]?.end();
    await vi.waitFor(() => expect(log.append).toHaveBeenCalledTimes(2));
    expect(commits).toEqual([]);
    await vi.waitFor(() => expect(commits.at(-1)).toBe(3));
    expect(appended.map(({ topic }) => topic)).toEqual([`${TOPIC}.dead-letter`]);
    await consumer.close();
  });

  it('repeats the dead-letter hook until it succeeds, without a second dead letter', async () => {
    const onDeadLetter = vi.fn(async () => {}).mockRejectedValueOnce(new Error('no database'));
    const handle = async () => {
      throw new StageError('archive', 'gone', { kind: 'permanent' });
    };
    const { consumer, deliver, commits, appended } = await start({ handle, onDeadLetter });
    deliver(stored(1));
    await vi.waitFor(() => expect(commits.at(-1)).toBe(2));
    expect(onDeadLetter).toHaveBeenCalledTimes(2);
    expect(appended).toHaveLength(1);
    await consumer.close();
  });

  // A hook that could only fail was called for ever, and its partition stood still behind a dead letter that was long durable.
  it('goes on when the dead-letter hook fails for good, and counts it', async () => {
    const onDeadLetter = vi.fn(async () => {
      throw new StageError('publish', 'the account is unknown', { kind: 'permanent' });
    });
    const handle = async () => {
      throw new StageError('archive', 'gone', { kind: 'permanent' });
    };
    const { consumer, deliver, commits, appended, metrics } = await start({ handle, onDeadLetter });
    deliver(stored(1));
    await vi.waitFor(() => expect(commits.at(-1)).toBe(2));
    expect(onDeadLetter).toHaveBeenCalledTimes(1);
    expect(appended).toHaveLength(1);
    await consumer.close();
    expect(await metrics.metrics()).toContain('outcome="hook_failed"} 1');
  });

  it('goes on calling the dead-letter hook while the log is away, which is what the hook may want to write to', async () => {
    const away = new EventLogUnavailableError('no broker');
    const onDeadLetter = vi.fn(async () => {});
    // More often than an event is tried.
    for (let call = 0; call < 4; call += 1) onDeadLetter.mockRejectedValueOnce(away);
    const handle = async () => {
      throw new StageError('archive', 'gone', { kind: 'permanent' });
    };
    const retryPolicy = { delaysMs: [1], maxAttempts: 2 };
    const { consumer, deliver, commits } = await start({ handle, onDeadLetter, retryPolicy });
    deliver(stored(1));
    await vi.waitFor(() => expect(commits.at(-1)).toBe(2), { timeout: 10_000 });
    expect(onDeadLetter).toHaveBeenCalledTimes(5);
    await consumer.close();
  });

  it.each([
    ['its type is unknown', { ce_type: 'onrecord.call.status-changed.v2' }, undefined],
    ['its data is not JSON', {}, new TextEncoder().encode('{')],
  ])('makes a dead letter, untouched, of a record that cannot be read because %s', async (_, headers, value) => {
    const onDeadLetter = vi.fn(async () => {});
    const handle: ConsumerOptions['handle'] = async (event) => void event.data.accountSid;
    const { consumer, deliver, commits, appended } = await start({ handle, onDeadLetter });
    const sample = stored(1, { headers });
    const record = { ...sample, value: value ?? sample.value };
    deliver(record);
    await vi.waitFor(() => expect(commits.at(-1)).toBe(2));
    expect(appended).toMatchObject([{ key: record.key, value: record.value, headers: record.headers }]);
    expect(appended[0]?.headers['onrecord-stage']).toBe('parse');
    expect(onDeadLetter).toHaveBeenCalledWith(undefined, expect.objectContaining({ stage: 'parse', attempts: 1 }));
    await consumer.close();
  });

  it('goes on with a key whose handler ignores its deadline', async () => {
    const { runs, handle, started } = manualHandler();
    const { consumer, deliver, commits, appended } = await start({ handle, handlerTimeoutMs: 100 });
    deliver(stored(1), stored(2, { call: 1 }));
    await vi.waitFor(() => expect(started()).toEqual([1, 2]));
    runs[1]?.end();
    await vi.waitFor(() => expect(commits.at(-1)).toBe(3));
    expect(appended).toMatchObject([
      { topic: `${TOPIC}.retry.5s`, headers: { 'onrecord-stage': 'handler-timeout', 'onrecord-attempt': '1' } },
    ]);
    runs[0]?.end();
    await consumer.close();
    expect(commits.at(-1)).toBe(3);
  });

  it('fails when too many handlers ignore their deadline, since only a new process is rid of them', async () => {
    const { handle } = manualHandler();
    const { consumer, deliver, onFailure } = await start({
      handle,
      concurrency: 1,
      handlerTimeoutMs: 10,
      handlerGraceMs: 1,
    });
    deliver(...Array.from({ length: 8 }, (_, index) => stored(index)));
    await vi.waitFor(() => expect(onFailure).toHaveBeenCalledOnce());
    await consumer.close();
  });

  it('pauses at the high mark, resumes at the low one, and keeps a partition paused whose records are not due', async () => {
    const { runs, handle } = manualHandler();
    const { consumer, deliver, paused } = await start({ handle, queueMax: 4, concurrency: 1 });
    const later = new Date(Date.now() + 5_000).toISOString();
    deliver(stored(1, { topic: `${TOPIC}.retry.5s`, headers: { 'onrecord-not-before': later } }));
    expect([...paused]).toEqual([`${TOPIC}.retry.5s/0`]);
    deliver(stored(1), stored(2), stored(3), stored(4));
    expect([...paused]).toEqual([`${TOPIC}.retry.5s/0`, `${TOPIC}/0`]);
    runs[0]?.end();
    await vi.waitFor(() => expect(runs).toHaveLength(2));
    expect(paused.has(`${TOPIC}/0`)).toBe(true);
    runs[1]?.end();
    await vi.waitFor(() => expect(paused.has(`${TOPIC}/0`)).toBe(false));
    expect(paused.has(`${TOPIC}.retry.5s/0`)).toBe(true);
    await consumer.close();
  });

  // A property run found it: the queue filled up while a partition was being given up, the log heard "pause" after the partition had
  // come back, and nobody knew of a partition that would have to be resumed.
  it('does not pause a partition that is being given up', async () => {
    const { runs, handle } = manualHandler();
    const { consumer, deliver, log, paused } = await start({ handle, queueMax: 2, drainTimeoutMs: 10_000 });
    deliver(stored(1));
    const revoked = log.listener.onRevoking([AT]);
    deliver({ ...stored(1, { call: 8 }), partition: 1 }, { ...stored(2, { call: 9 }), partition: 1 });
    expect([...paused]).toEqual([`${TOPIC}/1`]);
    for (const run of runs) run.end();
    await revoked;
    await consumer.close();
  });

  it('queues a record again, with no attempt counted, whose time lies beyond its topic’s delay', async () => {
    const { handle, started } = manualHandler();
    const retryPolicy = { delaysMs: [20, 40], maxAttempts: 3 };
    const { consumer, deliver, appended, commits } = await start({ handle, retryPolicy });
    const headers = {
      'onrecord-attempt': '2',
      'onrecord-group': 'retention',
      'onrecord-not-before': new Date(Date.now() + 60_000).toISOString(),
    };
    deliver(stored(1, { topic: `${TOPIC}.retry.20ms`, headers }));
    await vi.waitFor(() => expect(commits.at(-1)).toBe(2));
    expect(appended).toMatchObject([{ topic: `${TOPIC}.retry.40ms`, headers }]);
    expect(started()).toEqual([]);
    await consumer.close();
  });
});
