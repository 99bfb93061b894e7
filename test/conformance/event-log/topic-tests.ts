import { TopicMismatchError } from '@onrecord/shared/event-log/port';
import { describe, expect, it } from 'vitest';
import { eventually, Reader, record, topicSpec, unique } from '../event-log-support.ts';
import type { Workbench } from './workbench.ts';

export function topicTests(bench: Workbench): void {
  describe('topics', () => {
    it('are created once, whoever asks, and however many ask at the same time', async () => {
      const specs = [topicSpec(bench.topic, 3), topicSpec(unique('second'), 1)];
      const logs = [bench.log, await bench.open(), await bench.open()];
      await Promise.all(logs.map((log) => log.ensureTopics(specs)));
      await bench.log.append([record(bench.topic, 'k', 'kept')]);
      await bench.log.ensureTopics(specs);
      const reader = await Reader.join(bench.log, { group: bench.group, topics: [bench.topic] });
      await eventually(() => reader.records.length === 1);
    });

    it('are refused when they have another number of partitions, with both numbers and the remedy', async () => {
      await bench.log.ensureTopics([topicSpec(bench.topic, 3)]);
      const [more, fewer] = [topicSpec(bench.topic, 5), topicSpec(bench.topic, 2)];
      for (const wanted of [more, fewer]) {
        const refused = bench.log.ensureTopics([topicSpec(unique('fine'), 1), wanted]);
        await expect(refused).rejects.toThrow(TopicMismatchError);
        await expect(refused).rejects.toThrow(new RegExp(`${bench.topic}.*3 partition.*${wanted.partitions}`));
      }
      await bench.log.ensureTopics([topicSpec(bench.topic, 3)]);
    });

    it('tell how long they keep a record at the longest, and whether they still have one of before a moment', async () => {
      await bench.log.ensureTopics([topicSpec(bench.topic, 2)]);
      expect(await bench.log.keptAtMostMs([bench.topic])).toBeGreaterThanOrEqual(topicSpec(bench.topic, 2).retentionMs);
      expect(await bench.log.keptAtMostMs([bench.topic])).toBeLessThan(3 * topicSpec(bench.topic, 2).retentionMs);
      const wanted = [[bench.topic, topicSpec(bench.topic, 2).retentionMs]];
      expect([...(await bench.log.retentionMs([bench.topic]))]).toEqual(wanted);
      const [longAgo, soon] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)];
      expect(await bench.log.holdsBefore([bench.topic], soon)).toBe(false);
      await bench.log.append([record(bench.topic, 'k', 'kept')]);
      expect(await bench.log.holdsBefore([bench.topic], soon)).toBe(true);
      expect(await bench.log.holdsBefore([bench.topic], longAgo)).toBe(false);
    });

    it('are read from what is appended after joining by a group that starts with the latest', async () => {
      await bench.log.ensureTopics([topicSpec(bench.topic, 2)]);
      const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
      await bench.log.append(keys.map((key) => record(bench.topic, key, `${key} old`)));
      const options = { group: bench.group, topics: [bench.topic], startFrom: 'latest' } as const;
      const reader = await Reader.join(await bench.open(), options);
      await bench.log.append(keys.map((key) => record(bench.topic, key, `${key} new`)));
      await eventually(() => reader.records.length >= 6);
      expect([...reader.texts].sort()).toEqual(keys.map((key) => `${key} new`));
      await reader.subscription.close();
      // Where the group began is decided: nothing was committed, so the same comes again.
      const successor = await Reader.join(bench.log, options);
      await eventually(() => successor.records.length >= 6);
      expect([...successor.texts].sort()).toEqual(keys.map((key) => `${key} new`));
    });
  });
}
