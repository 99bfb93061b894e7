import { beforeEach, describe, expect, it } from 'vitest';
import { eventually, Reader, record, topicSpec, unique } from '../event-log-support.ts';
import { startMemberProcess } from '../member-process.ts';
import type { Workbench } from './workbench.ts';

export function groupTests(bench: Workbench): void {
  describe('groups', () => {
    beforeEach(() => bench.log.ensureTopics([topicSpec(bench.topic, 4)]));
    const join = async (group = bench.group) => Reader.join(await bench.open(), { group, topics: [bench.topic] });
    const append = (...texts: string[]) => bench.log.append(texts.map((text) => record(bench.topic, text, text)));
    const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

    /** Appends until each of the readers gets something: then the partitions are shared between them. */
    async function untilShared(readers: readonly Reader[]) {
      const seen = readers.map(({ records }) => records.length);
      for (let round = 0; readers.some(({ records }, index) => records.length === seen[index]); round += 1) {
        await append(...numbered(`probe ${round} `, 20));
        await new Promise((resolve) => setTimeout(resolve, 200));
        if (round > 200) throw new Error('the members did not share the partitions');
      }
    }

    it('sees everything, and so does every other group', async () => {
      await append(...numbered('old ', 10));
      const readers = [await join(), await join(unique('other'))];
      await append(...numbered('new ', 10));
      await eventually(() => readers.every(({ records }) => records.length >= 20));
      const expected = [...numbered('old ', 10), ...numbered('new ', 10)].sort();
      for (const reader of readers) expect([...reader.texts].sort()).toEqual(expected);
    });

    it('reads several topics', async () => {
      const second = unique('second');
      await bench.log.ensureTopics([topicSpec(second, 1)]);
      await append('one');
      await bench.log.append([record(second, 'k', 'two')]);
      const reader = await Reader.join(bench.log, { group: bench.group, topics: [bench.topic, second] });
      await eventually(() => reader.records.length === 2);
      expect([...reader.texts].sort()).toEqual(['one', 'two']);
    });

    it('shares partitions between its members: each record goes to one of them', async () => {
      const readers = [await join(), await join()];
      await untilShared(readers);
      await append(...numbered('shared ', 200));
      const shared = () => readers.map(({ texts }) => texts.filter((text) => text.startsWith('shared')));
      await eventually(() => shared().flat().length >= 200);
      expect(new Set(shared().flat()).size).toBe(200);
      expect(shared().flat()).toHaveLength(200);
      for (const texts of shared()) expect(texts.length).toBeGreaterThan(0);
    });

    it('goes on behind the committed records when a member leaves', async () => {
      const leaver = await join();
      await append(...numbered('', 40));
      await eventually(() => leaver.records.length === 40);
      for (const partition of [0, 1, 2, 3]) await leaver.commitAll({ topic: bench.topic, partition });
      const heir = await join();
      await leaver.subscription.close();
      await append(...numbered('next ', 20));
      await eventually(() => new Set(heir.texts).size >= 20);
      // Some may come twice, since the heir commits nothing; none that was committed comes again.
      expect([...new Set(heir.texts)].sort()).toEqual(numbered('next ', 20).sort());
      expect(leaver.failures).toEqual([]);
    });

    it('goes on behind the committed records when a member dies', async () => {
      await bench.log.append(numbered('', 40).map((text) => record(bench.topic, 'one key', text)));
      const member = await startMemberProcess(bench.place, {
        group: bench.group,
        topic: bench.topic,
        commitAfter: 25,
      });
      await member.committed;
      const heir = await join();
      await member.kill();
      await eventually(() => heir.records.length >= 15);
      expect(heir.texts).toEqual(numbered('', 40).slice(25));
    });
  });
}
