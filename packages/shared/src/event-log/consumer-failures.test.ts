import { describe, expect, it, vi } from 'vitest';
import type { ConsumerOptions } from './consumer.ts';
import { StageError } from './failure-policy.ts';
import { EventLogUnavailableError } from './port.ts';
import { manualHandler, startOnFakeLog, stored, TOPIC } from './testing/consumer.ts';

describe('a consumer whose handler fails', () => {
  it('does not count an offset as done until its failure is durable elsewhere', async () => {
    const { runs, handle } = manualHandler();
    const { consumer, deliver, log, commits, appended } = await startOnFakeLog({ handle });
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
    const { consumer, deliver, commits, appended } = await startOnFakeLog({ handle, onDeadLetter });
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
    const { consumer, deliver, commits, appended, metrics } = await startOnFakeLog({ handle, onDeadLetter });
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
    const { consumer, deliver, commits } = await startOnFakeLog({ handle, onDeadLetter, retryPolicy });
    deliver(stored(1));
    await vi.waitFor(() => expect(commits.at(-1)).toBe(2));
    expect(onDeadLetter).toHaveBeenCalledTimes(5);
    await consumer.close();
  });

  it.each([
    ['its type is unknown', { ce_type: 'onrecord.call.status-changed.v2' }, undefined],
    ['its data is not JSON', {}, new TextEncoder().encode('{')],
  ])('makes a dead letter, untouched, of a record that cannot be read because %s', async (_, headers, value) => {
    const onDeadLetter = vi.fn(async () => {});
    const handle: ConsumerOptions['handle'] = async (event) => void event.data.accountSid;
    const { consumer, deliver, commits, appended } = await startOnFakeLog({ handle, onDeadLetter });
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
    const { consumer, deliver, commits, appended } = await startOnFakeLog({ handle, handlerTimeoutMs: 100 });
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
    const { consumer, deliver, onFailure } = await startOnFakeLog({
      handle,
      concurrency: 1,
      handlerTimeoutMs: 10,
      handlerGraceMs: 1,
    });
    deliver(...Array.from({ length: 8 }, (_, index) => stored(index)));
    await vi.waitFor(() => expect(onFailure).toHaveBeenCalledOnce());
    await consumer.close();
  });

  it('queues a record again, with no attempt counted, whose time lies beyond its topic’s delay', async () => {
    const { handle, started } = manualHandler();
    const retryPolicy = { delaysMs: [20, 40], maxAttempts: 3 };
    const { consumer, deliver, appended, commits } = await startOnFakeLog({ handle, retryPolicy });
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

  it('postpones an event that waits for another day as often as it takes, with no attempt counted', async () => {
    const handle = async () => {
      throw new StageError('budget', 'spent for today', { kind: 'postponed', retryAfterMs: 30 });
    };
    const retryPolicy = { delaysMs: [20, 40], maxAttempts: 1 };
    const { consumer, deliver, appended, commits, metrics } = await startOnFakeLog({ handle, retryPolicy });
    deliver(stored(1));
    await vi.waitFor(() => expect(commits.at(-1)).toBe(2));
    const [first] = appended;
    expect(first).toMatchObject({
      topic: `${TOPIC}.retry.40ms`,
      headers: { 'onrecord-attempt': '0', 'onrecord-group': 'retention', 'onrecord-reason': 'spent for today' },
    });
    deliver(stored(1, { topic: `${TOPIC}.retry.40ms`, headers: first?.headers ?? {} }));
    await vi.waitFor(() => expect(appended).toHaveLength(2));
    expect(appended[1]?.headers['onrecord-attempt']).toBe('0');
    await consumer.close();
    expect(await metrics.metrics()).toContain('outcome="postponed"} 1');
  });
});
