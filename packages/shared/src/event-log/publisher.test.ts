import { describe, expect, it, vi } from 'vitest';
import { callStatusChanged, createEvent, type OnrecordEvent } from '../events/index.ts';
import { EventLogUnavailableError, type LogRecord, RecordTooLargeError } from './port.ts';
import { createPublisher, PublisherOverloadedError } from './publisher.ts';

const sid = (prefix: string, number: number) => `${prefix}${number.toString(16).padStart(32, '0')}`;

const event = (call: number, status = 'completed'): OnrecordEvent =>
  createEvent(
    callStatusChanged,
    {
      accountSid: sid('AC', 1),
      callSid: sid('CA', call),
      status,
      occurredAt: '2026-11-20T10:00:00Z',
      parameters: {},
    },
    { time: '2026-11-20T10:00:00Z' },
  );

/** A log whose appends are answered by hand. */
function manualLog() {
  const appends: { ids: (string | undefined)[]; answer: () => void; refuse: (error: unknown) => void }[] = [];
  const append = (records: readonly LogRecord[]) =>
    new Promise<void>((answer, refuse) => {
      appends.push({ ids: records.map(({ headers }) => headers.ce_id), answer, refuse });
    });
  return { append, appends, sizes: () => appends.map(({ ids }) => ids.length) };
}

const settled = (promises: Promise<void>[]) =>
  Promise.all(
    promises.map((promise) =>
      promise.then(
        () => 'durable',
        (error) => error.constructor.name,
      ),
    ),
  );

describe('a publisher', () => {
  it('sends what comes together as one append, and what comes meanwhile as the next', async () => {
    const log = manualLog();
    const publisher = createPublisher(log);
    const all = [publisher.publish([event(1)]), publisher.publish([event(2), event(3)])];
    await vi.waitFor(() => expect(log.sizes()).toEqual([3]));
    all.push(publisher.publish([event(4)]));
    await vi.waitFor(() => expect(log.sizes()).toEqual([3, 1]));
    for (let call = 5; call < 25; call += 1) all.push(publisher.publish([event(call)]));
    await new Promise((resolve) => setImmediate(resolve));
    expect(log.sizes()).toEqual([3, 1]);
    log.appends[0]?.answer();
    await vi.waitFor(() => expect(log.sizes()).toEqual([3, 1, 20]));
    for (const one of log.appends) one.answer();
    expect(new Set(await settled(all))).toEqual(new Set(['durable']));
    await publisher.close();
  });

  it('never has two appends under way with the same key', async () => {
    const log = manualLog();
    const publisher = createPublisher(log);
    const all = [publisher.publish([event(1, 'ringing')])];
    await vi.waitFor(() => expect(log.sizes()).toEqual([1]));
    // The second call shares key 2 with the first one, which waits for key 1.
    all.push(publisher.publish([event(1, 'completed'), event(2, 'ringing')]));
    all.push(publisher.publish([event(2, 'completed')]));
    all.push(publisher.publish([event(3)]));
    await vi.waitFor(() => expect(log.appends).toHaveLength(2));
    expect(log.appends[1]?.ids).toEqual([`call:${sid('CA', 3)}:completed`]);
    log.appends[0]?.answer();
    await vi.waitFor(() => expect(log.appends).toHaveLength(3));
    expect(log.appends[2]?.ids).toEqual([
      `call:${sid('CA', 1)}:completed`,
      `call:${sid('CA', 2)}:ringing`,
      `call:${sid('CA', 2)}:completed`,
    ]);
    for (const one of log.appends) one.answer();
    await settled(all);
    await publisher.close();
  });

  it('bounds a batch by records and by bytes', async () => {
    const log = manualLog();
    const publisher = createPublisher(log, { recordsMax: 2, appendsInFlightMax: 9 });
    const all = [1, 2, 3, 4, 5].map((call) => publisher.publish([event(call)]));
    await vi.waitFor(() => expect(log.sizes()).toEqual([2, 2, 1]));
    const tight = createPublisher(log, { bytesMax: 1, appendsInFlightMax: 9 });
    all.push(tight.publish([event(6), event(7)]), tight.publish([event(8)]));
    await vi.waitFor(() => expect(log.sizes()).toEqual([2, 2, 1, 2, 1]));
    for (const one of log.appends) one.answer();
    await settled(all);
  });

  it('refuses more than its queue holds, and takes more when there is room', async () => {
    const log = manualLog();
    const publisher = createPublisher(log, { queueMax: 2 });
    const all = [publisher.publish([event(1), event(2)])];
    await expect(publisher.publish([event(3)])).rejects.toThrow(PublisherOverloadedError);
    await vi.waitFor(() => expect(log.appends).toHaveLength(1));
    log.appends[0]?.answer();
    await settled(all);
    all.push(publisher.publish([event(3)]));
    await vi.waitFor(() => expect(log.appends).toHaveLength(2));
    log.appends[1]?.answer();
    expect(await settled(all)).toEqual(['durable', 'durable']);
  });

  it('gives up at its deadline, in the queue or under way, and never appends what it has given up', async () => {
    const log = manualLog();
    const publisher = createPublisher(log, { deadlineMs: 30, appendsInFlightMax: 1 });
    const first = settled([publisher.publish([event(1)])]);
    await new Promise((resolve) => setImmediate(resolve));
    const second = settled([publisher.publish([event(2)])]);
    expect(await Promise.all([first, second])).toEqual([['EventLogUnavailableError'], ['EventLogUnavailableError']]);
    expect(log.appends).toHaveLength(1);
    log.appends[0]?.answer();
    await publisher.close();
    expect(log.appends).toHaveLength(1);
  });

  it('tells every caller of a batch that the log could not be reached', async () => {
    const log = manualLog();
    const publisher = createPublisher(log);
    const all = settled([publisher.publish([event(1)]), publisher.publish([event(2)])]);
    await vi.waitFor(() => expect(log.appends).toHaveLength(1));
    log.appends[0]?.refuse(new EventLogUnavailableError('no broker'));
    expect(await all).toEqual(['EventLogUnavailableError', 'EventLogUnavailableError']);
  });

  it('does not let one refused event fail its neighbours', async () => {
    const publisher = createPublisher({
      append: async (records) => {
        if (records.some(({ key }) => key === sid('CA', 2))) throw new RangeError('the record is too large');
      },
    });
    const all = [1, 2, 3].map((call) => publisher.publish([event(call)]));
    expect(await settled(all)).toEqual(['durable', 'RangeError', 'durable']);
    await publisher.close();
  });

  it('refuses an event that would leave no room for what a dead letter says', async () => {
    const log = manualLog();
    const publisher = createPublisher(log);
    const large = event(1);
    Object.assign(large.data, { parameters: { Body: 'x'.repeat(900_000) } });
    await expect(publisher.publish([event(2), large])).rejects.toThrow(RecordTooLargeError);
    await publisher.close();
    expect(log.appends).toEqual([]);
  });

  it('takes nothing after close, and finishes what it took', async () => {
    const log = manualLog();
    const publisher = createPublisher(log);
    const taken = publisher.publish([event(1)]);
    const closed = publisher.close();
    await expect(publisher.publish([event(2)])).rejects.toThrow(EventLogUnavailableError);
    await vi.waitFor(() => expect(log.appends).toHaveLength(1));
    log.appends[0]?.answer();
    await Promise.all([taken, closed]);
  });
});
