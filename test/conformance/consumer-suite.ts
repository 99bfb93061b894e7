import { setTimeout as sleep } from 'node:timers/promises';
import type { Handler } from '@onrecord/shared/event-log/consumer';
import { StageError } from '@onrecord/shared/event-log/failure-policy';
import type { EventLog, StoredRecord } from '@onrecord/shared/event-log/port';
import type { OnrecordEvent } from '@onrecord/shared/events';
import { createMetrics } from '@onrecord/shared/telemetry/metrics';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Bench, callRecord, eventually } from './consumer-support.ts';

const permanent = (stage: string, message: string) => new StageError(stage, message, { kind: 'permanent' });
const numberOf = (event: OnrecordEvent) => Number((event.data as { sequenceNumber?: number }).sequenceNumber);
const shuffled = <T>(items: readonly T[]) => [...items].sort(() => Math.random() - 0.5);

/** What the consumer promises on every log. */
export function consumerSuite(name: string, openLog: () => Promise<EventLog>) {
  describe(`the consumer on ${name}`, () => {
    let bench: Bench;
    beforeEach(async () => {
      bench = await Bench.open(openLog);
    });
    afterEach(() => bench.closeAll());

    it('works on many keys at a time, on one event of a key at a time, in order', async () => {
      const [calls, perCall] = [20, 15];
      const seen = new Map<string, number[]>();
      const busy = new Set<string>();
      let most = 0;
      let handled = 0;
      const handle: Handler = async (event) => {
        expect(busy.has(event.subject)).toBe(false);
        busy.add(event.subject);
        most = Math.max(most, busy.size);
        await sleep(Math.random() * 5);
        seen.set(event.subject, [...(seen.get(event.subject) ?? []), numberOf(event)]);
        busy.delete(event.subject);
        handled += 1;
      };
      for (let number = 0; number < perCall; number += 1) {
        await bench.log.append(Array.from({ length: calls }, (_, call) => callRecord(bench.topic, call, number)));
      }
      await bench.consume({ handle, concurrency: 8 });
      await eventually(() => handled === calls * perCall);
      const inOrder = Array.from({ length: perCall }, (_, number) => number);
      expect([...seen.values()]).toEqual(Array.from({ length: calls }, () => inOrder));
      expect(most).toBeGreaterThan(1);
      expect(most).toBeLessThanOrEqual(8);
    });

    it('goes on after a restart where it stopped', async () => {
      const seen: string[] = [];
      const handle: Handler = async (event) => void seen.push(event.id);
      await bench.log.append([1, 2, 3].map((call) => callRecord(bench.topic, call)));
      const first = await bench.consume({ handle });
      await eventually(() => seen.length === 3);
      await first.close();
      await bench.log.append([4, 5].map((call) => callRecord(bench.topic, call)));
      await bench.consume({ handle });
      await eventually(() => seen.length >= 5);
      expect(new Set(seen).size).toBe(5);
      expect(seen).toHaveLength(5);
    });

    it('finishes and commits what is in flight when it is closed, and starts nothing more', async () => {
      const seen: number[] = [];
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const handle: Handler = async (event) => {
        seen.push(numberOf(event));
        await held;
      };
      await bench.log.append([0, 1, 2].map((number) => callRecord(bench.topic, 1, number)));
      const first = await bench.consume({ handle });
      await eventually(() => seen.length === 1);
      const closed = first.close();
      release();
      await closed;
      expect(seen).toEqual([0]);
      await bench.consume({ handle });
      await eventually(() => seen.length >= 3);
      expect(seen).toEqual([0, 1, 2]);
    });

    it('commits nothing beyond an event that is not finished', async () => {
      const first: string[] = [];
      const records = Array.from({ length: 30 }, (_, call) => callRecord(bench.topic, call));
      const stuck = records[0]?.headers.ce_id;
      await bench.log.append(records);
      const one = await bench.consume({
        drainTimeoutMs: 200,
        handle: async (event, { signal }) => {
          if (event.id === stuck) await sleep(60_000, undefined, { signal });
          first.push(event.id);
        },
      });
      await eventually(() => first.length === 29);
      await one.close();
      const second: string[] = [];
      await bench.consume({ handle: async (event) => void second.push(event.id) });
      await eventually(() => second.includes(stuck ?? ''));
      expect(first).not.toContain(stuck);
    });

    it('tries again after growing delays, then makes a dead letter with the event untouched', async () => {
      const record = callRecord(bench.topic, 1);
      const attempts: number[] = [];
      const onDeadLetter = vi.fn(async () => {});
      await bench.consume({
        onDeadLetter,
        handle: async (_, { attempt }) => {
          attempts.push(attempt);
          throw new Error('Twilio is away\nfor a while');
        },
      });
      await bench.log.append([record]);
      const [letter] = await bench.read(`${bench.topic}.dead-letter`, 1);
      expect(attempts).toEqual([1, 2, 3]);
      expect(letter).toMatchObject({ key: record.key, headers: record.headers });
      expect(Buffer.from(letter?.value ?? []).equals(Buffer.from(record.value))).toBe(true);
      expect(letter?.headers).toMatchObject({
        'onrecord-attempt': '3',
        'onrecord-group': `${bench.topic}.group`,
        'onrecord-stage': 'handler',
        'onrecord-reason': 'gave up after 3 attempt(s): Twilio is away for a while',
        'onrecord-origin-topic': bench.topic,
      });
      const [firstFailed, lastFailed] = ['onrecord-first-failed', 'onrecord-last-failed'].map((header) =>
        Date.parse(letter?.headers[header] ?? ''),
      );
      expect(lastFailed).toBeGreaterThan(firstFailed ?? Number.NaN);
      await eventually(() => onDeadLetter.mock.calls.length > 0);
      expect(onDeadLetter).toHaveBeenCalledWith(
        expect.objectContaining({ id: record.headers.ce_id }),
        expect.objectContaining({ topic: bench.topic, attempts: 3 }),
      );
    });

    it('makes a dead letter of what it cannot read, as it was, and goes on with the key', async () => {
      const seen: number[] = [];
      const good = callRecord(bench.topic, 1, 1);
      const newer = { ...good, headers: { ...good.headers, ce_type: 'onrecord.call.status-changed.v2' } };
      const broken = { ...good, value: Buffer.from([0x7b, 0xff]) };
      await bench.consume({ handle: async (event) => void seen.push(numberOf(event)) });
      await bench.log.append([newer, broken, good]);
      const letters = await bench.read(`${bench.topic}.dead-letter`, 2);
      await eventually(() => seen.length === 1);
      const values = letters.map(({ value }) => Buffer.from(value));
      expect(values.filter((value) => value.equals(broken.value))).toHaveLength(1);
      expect(letters.map(({ headers }) => headers['onrecord-stage'])).toEqual(['parse', 'parse']);
      expect(letters.map(({ headers }) => headers.ce_type).sort()).toEqual([
        'onrecord.call.status-changed.v1',
        'onrecord.call.status-changed.v2',
      ]);
      expect(seen).toEqual([1]);
    });

    it('does not let one failing event hold up others, not even of its own key', async () => {
      const seen: number[] = [];
      const handle: Handler = async (event, { attempt }) => {
        if (numberOf(event) === 0 && attempt === 1) throw new Error('not yet');
        seen.push(numberOf(event));
      };
      await bench.log.append([0, 1, 2].map((number) => callRecord(bench.topic, 1, number)));
      await bench.consume({ handle });
      await eventually(() => seen.length === 3);
      expect(seen).toEqual([1, 2, 0]);
    });

    it('obeys a Retry-After that is longer than its own delays, without counting the waits as attempts', async () => {
      const starts: { attempt: number; notBefore: string | undefined; early: boolean }[] = [];
      const { promise: failedAt, resolve: failed } = Promise.withResolvers<number>();
      const handle: Handler = async (_, { attempt, record }) => {
        const notBefore = record.headers['onrecord-not-before'];
        starts.push({ attempt, notBefore, early: Date.now() < Date.parse(notBefore ?? new Date(0).toISOString()) });
        if (attempt > 1) return;
        failed(Date.now());
        throw new StageError('transcribe', '429', { kind: 'transient', retryAfterMs: 1_500 });
      };
      await bench.log.append([callRecord(bench.topic, 1)]);
      await bench.consume({ handle });
      await eventually(() => starts.length === 2);
      expect(starts).toMatchObject([
        { attempt: 1, notBefore: undefined },
        { attempt: 2, early: false },
      ]);
      expect(Date.parse(starts[1]?.notBefore ?? '')).toBeGreaterThanOrEqual((await failedAt) + 1_500);
    });

    it('leaves the retries of one group alone in the others', async () => {
      const failing: number[] = [];
      const other: number[] = [];
      await bench.log.append([callRecord(bench.topic, 1, 7)]);
      await bench.consume({
        group: `${bench.topic}.failing`,
        handle: async (_, { attempt }) => {
          failing.push(attempt);
          if (attempt < 3) throw new Error('again');
        },
      });
      const metrics = createMetrics('conformance');
      await bench.consume({
        group: `${bench.topic}.other`,
        metrics,
        handle: async (event) => void other.push(numberOf(event)),
      });
      await eventually(() => failing.length === 3);
      await vi.waitUntil(async () => (await countOf(metrics, 'skipped')) === 2, { interval: 50 });
      expect([failing, other]).toEqual([[1, 2, 3], [7]]);
    });

    it('aborts a handler at its deadline and tries again', async () => {
      const outcomes: string[] = [];
      const handle: Handler = async (_, { attempt, signal }) => {
        if (attempt === 1) await sleep(60_000, undefined, { signal }).catch(() => outcomes.push('aborted'));
        if (signal.aborted) throw signal.reason;
        outcomes.push(`attempt ${attempt}`);
      };
      await bench.log.append([callRecord(bench.topic, 1)]);
      await bench.consume({ handle, handlerTimeoutMs: 300 });
      await eventually(() => outcomes.length === 2);
      expect(outcomes).toEqual(['aborted', 'attempt 2']);
    });

    it('gets through a long backlog with a short queue', async () => {
      const seen = new Set<string>();
      const records = Array.from({ length: 500 }, (_, number) => callRecord(bench.topic, number % 50, number));
      for (let from = 0; from < records.length; from += 50) await bench.log.append(records.slice(from, from + 50));
      await bench.consume({ queueMax: 10, concurrency: 4, handle: async (event) => void seen.add(event.id) });
      await eventually(() => seen.size === 500);
    });

    it('shares partitions between members that come and go, losing nothing and never splitting a key', async () => {
      const seen = new Map<string, number>();
      const busy = new Set<string>();
      const overlaps: string[] = [];
      const members = new Set<string>();
      const handlerOf =
        (member: string): Handler =>
        async (event) => {
          if (busy.has(event.subject)) overlaps.push(event.id);
          busy.add(event.subject);
          await sleep(5);
          busy.delete(event.subject);
          members.add(member);
          seen.set(event.id, (seen.get(event.id) ?? 0) + 1);
        };
      const records = shuffled(
        Array.from({ length: 400 }, (_, number) => callRecord(bench.topic, number % 40, number)),
      );
      const first = await bench.consume({ handle: handlerOf('first'), concurrency: 4 });
      await bench.log.append(records.slice(0, 200));
      await eventually(() => seen.size > 20);
      await bench.consume({ handle: handlerOf('second'), concurrency: 4 });
      await eventually(() => seen.size === 200);
      for (let from = 200; from < 400; from += 20) {
        await bench.log.append(records.slice(from, from + 20));
        await sleep(20);
      }
      await eventually(() => members.has('second') && seen.size > 250);
      await first.close();
      await eventually(() => seen.size === 400);
      expect(overlaps).toEqual([]);
    });

    it('counts what it did', async () => {
      const metrics = createMetrics('conformance');
      await bench.consume({
        metrics,
        handle: async (event, { attempt }) => {
          if (numberOf(event) === 1 && attempt === 1) throw new Error('once');
          if (numberOf(event) === 2) throw permanent('archive', 'never');
        },
      });
      await bench.log.append([0, 1, 2].map((number) => callRecord(bench.topic, number, number)));
      const counts = async () => [
        await countOf(metrics, 'handled'),
        await countOf(metrics, 'failed'),
        await countOf(metrics, 'retried'),
        await countOf(metrics, 'dead_lettered'),
      ];
      await vi.waitFor(async () => expect(await counts()).toEqual([2, 2, 1, 1]), { interval: 50 });
    });

    it('keeps the offset of a record that it was given', async () => {
      const records: StoredRecord[] = [];
      await bench.consume({ handle: async (_, { record }) => void records.push(record) });
      await bench.log.append([0, 1].map((number) => callRecord(bench.topic, 1, number)));
      await eventually(() => records.length === 2);
      const [one, two] = records;
      expect(one && two && two.offset > one.offset && two.partition === one.partition).toBe(true);
    });
  });
}

async function countOf(metrics: ReturnType<typeof createMetrics>, outcome: string): Promise<number> {
  const metric = await metrics.getSingleMetric('onrecord_consumer_records_total')?.get();
  const values = metric?.values.filter(({ labels }) => labels.outcome === outcome) ?? [];
  return values.reduce((sum, { value }) => sum + value, 0);
}
