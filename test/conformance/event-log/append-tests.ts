import { type LogRecord, RECORD_BYTES_MAX, RecordTooLargeError } from '@onrecord/shared/event-log/port';
import { beforeEach, describe, expect, it } from 'vitest';
import { eventually, Reader, record, topicSpec, unique } from '../event-log-support.ts';
import type { Workbench } from './workbench.ts';

export function appendTests(bench: Workbench): void {
  describe('appending and reading', () => {
    beforeEach(() => bench.log.ensureTopics([topicSpec(bench.topic, 4)]));
    const join = () => Reader.join(bench.log, { group: bench.group, topics: [bench.topic] });

    it('hands records over as they were appended', async () => {
      const { log, topic } = bench;
      const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      const records: LogRecord[] = [
        { topic, key: 'CA1', value: everyByte, headers: { ce_id: 'recording:RE1:completed', 'content-type': 'a/b' } },
        { topic, key: 'Schlüssel ☎', value: Buffer.from('{"a":1}'), headers: { grüße: 'Ä\n\t☎', empty: '' } },
        { topic, key: '', value: new Uint8Array(), headers: {} },
      ];
      const before = Date.now();
      await log.append(records);
      const reader = await join();
      await eventually(() => reader.records.length === 3);
      const read = reader.records.map(({ key, value, headers }) => ({ topic, key, value: [...value], headers }));
      expect(read).toEqual(expect.arrayContaining(records.map((each) => ({ ...each, value: [...each.value] }))));
      // Clocks of two machines differ; here it is one.
      for (const { appendedAt } of reader.records) {
        expect(appendedAt.getTime()).toBeGreaterThanOrEqual(before - 1_000);
        expect(appendedAt.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
      }
    });

    it('keeps a key in one partition and in order, whoever appends', async () => {
      const logs = [bench.log, await bench.open()];
      const keys = ['a', 'b', 'c', 'd', 'e', ''];
      for (let n = 0; n < 30; n += 1) {
        await logs[n % 2]?.append(
          keys.flatMap((key) => [record(bench.topic, key, `${n}`), record(bench.topic, key, `${n}'`)]),
        );
      }
      const reader = await join();
      await eventually(() => reader.records.length === 2 * 30 * keys.length);
      const expected = Array.from({ length: 30 }, (_, n) => [`${n}`, `${n}'`]).flat();
      for (const key of keys) {
        const ofKey = reader.records.filter((each) => each.key === key);
        expect(new Set(ofKey.map(({ partition }) => partition)).size).toBe(1);
        expect(ofKey.map(({ value }) => Buffer.from(value).toString())).toEqual(expected);
      }
      expect(new Set(reader.records.map(({ partition }) => partition)).size).toBeGreaterThan(1);
    });

    it('gives a partition ascending offsets, and hands them over in that order', async () => {
      const reader = await join();
      for (let n = 0; n < 20; n += 1) {
        await bench.log.append(Array.from({ length: 10 }, (_, i) => record(bench.topic, `k${i}`, `${n}`)));
      }
      await eventually(() => reader.records.length === 200);
      for (const partition of [0, 1, 2, 3]) {
        const offsets = reader.records.filter((each) => each.partition === partition).map(({ offset }) => offset);
        expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => Number(a - b)));
      }
    });

    it('stores everything of many appends at once', async () => {
      const appends = Array.from({ length: 25 }, (_, a) =>
        bench.log.append(Array.from({ length: 40 }, (_, n) => record(bench.topic, `${a}/${n}`, `${a}/${n}`))),
      );
      await Promise.all(appends);
      const reader = await join();
      await eventually(() => reader.records.length >= 1_000);
      expect(new Set(reader.texts).size).toBe(1_000);
      expect(reader.records).toHaveLength(1_000);
    });

    it('has nothing to do for no records', async () => {
      await bench.log.append([]);
    });

    it('takes a record of the greatest size, and many at once that are larger together than any batch', async () => {
      const { log, topic } = bench;
      const name = 'padding';
      const greatest = {
        topic,
        key: 'k',
        value: Buffer.alloc(RECORD_BYTES_MAX - 1 - name.length - 3, 7),
        headers: { [name]: 'xyz' },
      };
      await log.append([greatest]);
      await log.append(
        Array.from({ length: 300 }, (_, n) => ({ ...record(topic, 'k'), value: Buffer.alloc(10_000, n) })),
      );
      const reader = await join();
      await eventually(() => reader.records.length === 301);
      expect(Buffer.from(reader.records[0]?.value ?? []).equals(greatest.value)).toBe(true);
      expect(reader.records.slice(1).map(({ value }) => value[9_999])).toEqual(
        Array.from({ length: 300 }, (_, n) => n % 256),
      );
    });

    it('refuses a larger record clearly, and appends nothing of the call', async () => {
      const { log, topic } = bench;
      const tooLarge = { ...record(topic, 'k'), value: Buffer.alloc(RECORD_BYTES_MAX) };
      const refused = log.append([record(topic, 'a', 'before'), tooLarge, record(topic, 'b', 'behind')]);
      await expect(refused).rejects.toThrow(RecordTooLargeError);
      await expect(refused).rejects.toThrow(`1000001 bytes`);
      await log.append([record(topic, 'c', 'afterwards')]);
      const reader = await join();
      await eventually(() => reader.records.length > 0);
      expect(reader.texts).toEqual(['afterwards']);
    });

    it('says that a topic does not exist', async () => {
      const missing = unique('missing');
      await expect(bench.log.append([record(missing, 'k')])).rejects.toThrow('no such topic');
      await expect(Reader.join(bench.log, { group: bench.group, topics: [missing] })).rejects.toThrow('no such topic');
    });
  });
}
