import { setTimeout as sleep } from 'node:timers/promises';
import { PartitionLostError, type TopicPartition } from '@onrecord/shared/event-log/port';
import { beforeEach, describe, expect, it } from 'vitest';
import { eventually, Reader, record, topicSpec } from '../event-log-support.ts';
import type { Workbench } from './workbench.ts';

export function commitTests(bench: Workbench): void {
  describe('committing and pausing', () => {
    beforeEach(() => bench.log.ensureTopics([topicSpec(bench.topic, 2)]));
    const join = async (reader = new Reader()) =>
      Reader.join(await bench.open(), { group: bench.group, topics: [bench.topic] }, reader);
    const append = (key: string, ...texts: string[]) =>
      bench.log.append(texts.map((text) => record(bench.topic, key, text)));
    const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `${from + n}`);

    /** Two keys of different partitions. */
    async function spread(
      reader: Reader,
    ): Promise<[TopicPartition & { key: string }, TopicPartition & { key: string }]> {
      for (let n = 0; n < 40; n += 1) await append(`spread ${n}`, `spread ${n}`);
      await eventually(() => reader.texts.filter((text) => text.startsWith('spread')).length >= 40);
      const [first, second] = [0, 1].map((partition) => {
        const found = reader.records.find((each) => each.partition === partition);
        return { topic: bench.topic, partition, key: found?.key ?? '' };
      });
      if (!first || !second) throw new Error('no two partitions');
      return [first, second];
    }

    it('continues behind the commit after a restart; what was not committed comes again', async () => {
      const reader = await join();
      await append('k', ...numbered(10));
      await eventually(() => reader.records.length === 10);
      const sixth = reader.records[5];
      if (!sixth) throw new Error('no record');
      await reader.subscription.commit(sixth, sixth.offset + 1n);
      await reader.subscription.close();
      const successor = await join();
      await eventually(() => successor.records.length >= 4);
      expect(successor.texts).toEqual(numbered(4, 6));
    });

    it('begins again where nothing was committed', async () => {
      const reader = await join();
      await append('k', ...numbered(5));
      await eventually(() => reader.records.length === 5);
      await reader.subscription.close();
      const successor = await join();
      await eventually(() => successor.records.length >= 5);
      expect(successor.texts).toEqual(numbered(5));
    });

    it('takes a commit while partitions are being given up, and none afterwards', async () => {
      const reader = new Reader();
      reader.beforeRevoked = async (partitions) => {
        await sleep(100);
        for (const at of partitions) await reader.commitAll(at);
      };
      await join(reader);
      await append('k', ...numbered(10));
      await eventually(() => reader.records.length === 10);
      await reader.subscription.close();
      const [last] = reader.records.slice(-1);
      if (!last) throw new Error('no record');
      await expect(reader.subscription.commit(last, last.offset + 1n)).rejects.toThrow(PartitionLostError);
      const successor = await join();
      await append('k', 'next');
      await eventually(() => successor.records.length >= 1);
      expect(successor.texts).toEqual(['next']);
      expect(reader.revoked.flat()).toHaveLength(2);
    });

    it('hands over nothing of a paused partition until it is resumed, and goes on with the others', async () => {
      const reader = await join();
      const [first, second] = await spread(reader);
      const before = reader.records.length;
      reader.subscription.pause([first]);
      await sleep(500);
      const late = reader.records.length;
      for (const text of numbered(5)) await append(first.key, text);
      await append(second.key, 'other');
      await eventually(() => reader.texts.includes('other'));
      await sleep(500);
      expect(reader.texts.slice(late)).toEqual(['other']);
      reader.subscription.resume([first]);
      await eventually(() => reader.records.length === before + 6);
      expect(reader.texts.slice(-5)).toEqual(numbered(5));
    });

    it('keeps a member alive that has paused everything for longer than a session', async () => {
      const reader = await join();
      const [first, second] = await spread(reader);
      reader.subscription.pause([first, second]);
      await sleep(500);
      await append(first.key, 'paused');
      await sleep(bench.sessionTimeoutMs * 2);
      expect(reader.revoked).toEqual([]);
      await reader.commitAll(first);
      expect(reader.texts).not.toContain('paused');
      reader.subscription.resume([first]);
      await eventually(() => reader.texts.includes('paused'));
      expect(reader.failures).toEqual([]);
    });

    it('ends a pause with the assignment: a partition that comes back is read', async () => {
      const reader = await join();
      const [first, second] = await spread(reader);
      reader.subscription.pause([first, second]);
      const passer = await join();
      await eventually(() => reader.revoked.length > 0);
      await passer.subscription.close();
      const back = reader.revoked[0]?.some(({ partition }) => partition === first.partition) ? first : second;
      await append(back.key, 'again');
      await eventually(() => reader.texts.includes('again'));
    });
  });
}
