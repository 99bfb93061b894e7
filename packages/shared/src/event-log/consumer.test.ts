import { describe, expect, it, vi } from 'vitest';
import { PartitionLostError } from './port.ts';
import { AT, manualHandler, startOnFakeLog, stored, TOPIC } from './testing/consumer.ts';

describe('a consumer', () => {
  it('does not start a record again that is delivered again while it is in flight', async () => {
    const { runs, handle, started } = manualHandler();
    const { consumer, deliver, commits } = await startOnFakeLog({ handle });
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
    const { consumer, deliver, commits } = await startOnFakeLog({ handle });
    deliver(stored(10));
    deliver(stored(8), stored(9), stored(10));
    expect(started()).toEqual([10, 8, 9]);
    for (const run of runs) run.end();
    await vi.waitFor(() => expect(commits.at(-1)).toBe(11));
    await consumer.close();
  });

  it('adopts a handler that still runs when its partition comes back', async () => {
    const { runs, handle, started } = manualHandler();
    const { consumer, deliver, log, commits } = await startOnFakeLog({ handle, handlerGraceMs: 10_000 });
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
    const { consumer, deliver, log, commits, appended } = await startOnFakeLog({ handle, handlerGraceMs: 10_000 });
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
    const { consumer, deliver, log, commits } = await startOnFakeLog({ handle, drainTimeoutMs: 10_000 });
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
    const { consumer, deliver, log, commits, paused } = await startOnFakeLog({ handle, drainTimeoutMs: 10_000 });
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
    const { consumer, deliver, log, commits } = await startOnFakeLog({ handle });
    deliver(stored(1));
    await log.listener.onRevoking([AT]);
    runs[0]?.end();
    await consumer.close();
    expect(commits).toEqual([]);
  });

  it('stops working on a partition whose commit says that it is lost', async () => {
    const { runs, handle, started } = manualHandler();
    const { consumer, deliver, log, appended } = await startOnFakeLog({ handle });
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
    const { consumer, deliver, log, commits } = await startOnFakeLog({ handle });
    log.commit.mockRejectedValueOnce(new Error('the coordinator is loading'));
    deliver(stored(1));
    runs[0]?.end();
    await vi.waitFor(() => expect(commits.at(-1)).toBe(2));
    await consumer.close();
  });

  it('pauses at the high mark, resumes at the low one, and keeps a partition paused whose records are not due', async () => {
    const { runs, handle } = manualHandler();
    const { consumer, deliver, paused } = await startOnFakeLog({ handle, queueMax: 4, concurrency: 1 });
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
    const { consumer, deliver, log, paused } = await startOnFakeLog({ handle, queueMax: 2, drainTimeoutMs: 10_000 });
    deliver(stored(1));
    const revoked = log.listener.onRevoking([AT]);
    deliver({ ...stored(1, { call: 8 }), partition: 1 }, { ...stored(2, { call: 9 }), partition: 1 });
    expect([...paused]).toEqual([`${TOPIC}/1`]);
    for (const run of runs) run.end();
    await revoked;
    await consumer.close();
  });
});
