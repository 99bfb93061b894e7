import { setTimeout as sleep } from 'node:timers/promises';
import { PartitionLostError } from '@onrecord/shared/event-log/port';
import { describe, expect, it } from 'vitest';
import { eventually, Reader, record, topicSpec } from '../event-log-support.ts';
import type { Workbench } from './workbench.ts';
import { Ledger, Worker } from './worker.ts';

export function rebalanceTests(bench: Workbench): void {
  describe('rebalancing', () => {
    const join = async (reader = new Reader()) =>
      Reader.join(await bench.open(), { group: bench.group, topics: [bench.topic] }, reader);

    it('waits for a member to give a partition up before another one gets its records', async () => {
      await bench.log.ensureTopics([topicSpec(bench.topic, 2)]);
      const keys = Array.from({ length: 20 }, (_, n) => `${n}`);
      await bench.log.append(keys.map((key) => record(bench.topic, key, `${key} a`)));
      const gate = Promise.withResolvers<void>();
      const holder = new Reader();
      holder.beforeRevoked = async (partitions) => {
        await gate.promise;
        for (const at of partitions) await holder.commitAll(at);
      };
      await join(holder);
      await eventually(() => holder.records.length === 20);
      const newcomer = new Reader();
      const joining = join(newcomer);
      await eventually(() => holder.revoked.length > 0);
      await sleep(1_000);
      const given = holder.revoked[0] ?? [];
      expect(newcomer.records.filter(({ partition }) => given.some((at) => at.partition === partition))).toEqual([]);
      gate.resolve();
      await joining;
      await bench.log.append(keys.map((key) => record(bench.topic, key, `${key} b`)));
      const all = () => [...holder.texts, ...newcomer.texts];
      await eventually(() => all().length >= 40);
      expect(newcomer.records.length).toBeGreaterThan(0);
      expect(all().sort()).toEqual(keys.flatMap((key) => [`${key} a`, `${key} b`]).sort());
    });

    it('lets a member take longer than a session to give a partition up, and takes its last commit', async () => {
      await bench.log.ensureTopics([topicSpec(bench.topic, 1)]);
      await bench.log.append([record(bench.topic, 'k', 'slow')]);
      const holder = new Reader();
      holder.beforeRevoked = async (partitions) => {
        await sleep(bench.sessionTimeoutMs * 1.5);
        for (const at of partitions) await holder.commitAll(at);
      };
      await join(holder);
      await eventually(() => holder.records.length === 1);
      const newcomer = await join();
      await holder.subscription.close();
      await bench.log.append([record(bench.topic, 'k', 'next')]);
      await eventually(() => newcomer.texts.includes('next'));
      expect(newcomer.texts).not.toContain('slow');
    });

    it('refuses a commit of what belongs to another member by now', async () => {
      await bench.log.ensureTopics([topicSpec(bench.topic, 2)]);
      await bench.log.append(Array.from({ length: 20 }, (_, n) => record(bench.topic, `${n}`)));
      const holder = await join();
      await eventually(() => holder.records.length === 20);
      const newcomer = await join();
      await eventually(() => newcomer.records.length > 0);
      const [moved] = newcomer.records;
      if (!moved) throw new Error('no record');
      await expect(holder.subscription.commit(moved, moved.offset + 1n)).rejects.toThrow(PartitionLostError);
      await newcomer.subscription.commit(moved, moved.offset + 1n);
    });

    it('loses nothing while members come and go: each record is handled, and no commit passes by an unhandled one', async () => {
      const [partitions, total] = [6, 5_000];
      await bench.log.ensureTopics([topicSpec(bench.topic, partitions)]);
      const ledger = new Ledger();
      const start = async () => Worker.start(await bench.open(), { group: bench.group, topic: bench.topic }, ledger);
      let workers = [await start()];
      let appended = 0;
      const producing = (async () => {
        while (appended < total) {
          const batch = Array.from({ length: 50 }, (_, n) =>
            record(bench.topic, `${(appended + n) % 97}`, `${appended + n}`),
          );
          await bench.log.append(batch);
          appended += batch.length;
          await sleep(Math.random() * 100);
        }
      })();
      while (appended < total) {
        await sleep(Math.random() * 500);
        if (workers.length < 3 && Math.random() < 0.6) {
          workers.push(await start());
        } else if (workers.length > 1) {
          const [leaver] = workers.splice(Math.floor(Math.random() * workers.length), 1);
          await leaver?.stop();
        }
      }
      await producing;
      await eventually(() => ledger.handledTexts.size === total);
      await Promise.all(workers.map((worker) => worker.stop()));
      workers = [];
      expect(ledger.problems).toEqual([]);
      expect(ledger.handledTexts.size).toBe(total);
      expect(ledger.commits).toBeGreaterThan(partitions);
    }, 180_000);
  });
}
