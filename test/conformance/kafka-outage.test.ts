import { setTimeout as sleep } from 'node:timers/promises';
import { type EventLog, EventLogUnavailableError } from '@onrecord/shared/event-log/port';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeWith } from '../servers/available.ts';
import { type Kafka, startKafka } from '../servers/kafka.ts';
import { startTcpProxy, type TcpProxy } from '../servers/tcp-proxy.ts';
import { Ledger, Worker } from './event-log/worker.ts';
import { eventually, Reader, record, topicSpec, unique } from './event-log-support.ts';
import { openPlace } from './member-process.ts';

/** Of appends that are to fail at times, and are tried again. */
const SOON_GIVEN_UP = { appendTimeoutMs: 2_000 };
const limits = {
  // One that is to succeed may wait for a leader, and for the machine.
  appendTimeoutMs: 10_000,
  sessionTimeoutMs: 4_000,
  heartbeatIntervalMs: 500,
  rebalanceTimeoutMs: 15_000,
  revokeTimeoutMs: 10_000,
  rejoinDelayMs: 100,
  rejoinDelayMaxMs: 1_000,
};
const logs: EventLog[] = [];
async function open(url: string, more = {}) {
  const log = await openPlace({ kind: 'kafka', url, limits: { ...limits, ...more } });
  logs.push(log);
  return log;
}
afterEach(async () => {
  await Promise.all(logs.splice(0).map((log) => log.close()));
});

describeWith('kafka', () => {
  describe('answers that are lost on the way', () => {
    let kafka: Kafka;
    let proxy: TcpProxy;
    const topic = unique('topic');
    beforeAll(async () => {
      let port = 0;
      proxy = await startTcpProxy(() => port);
      kafka = await startKafka({ properties: [`advertised.listeners=CLIENTS://127.0.0.1:${proxy.port}`] });
      port = kafka.place.port;
    });
    afterAll(async () => {
      await proxy.stop();
      await kafka.stop();
    });
    beforeEach(() => {
      proxy.loseAnswers = false;
    });

    const openThroughProxy = async () => {
      const log = await open(`kafka://127.0.0.1:${proxy.port}`);
      await log.ensureTopics([topicSpec(topic, 1)]);
      return log;
    };
    const read = async (log: EventLog, until: string) => {
      const reader = await Reader.join(log, { group: unique('group'), topics: [topic] });
      await eventually(() => reader.texts.includes(until));
      await reader.subscription.close();
      return reader.texts;
    };

    // kafkajs gives the next request the sequence number of the one whose answer it never saw; the broker takes it for a
    // repetition, confirms it, and stores nothing.
    it('never confirm the next record without storing it', async () => {
      const log = await openThroughProxy();
      await log.append([record(topic, 'k', 'first')]);
      proxy.loseAnswers = true;
      await expect(log.append([record(topic, 'k', 'unconfirmed')])).rejects.toThrow(EventLogUnavailableError);
      proxy.loseAnswers = false;
      await log.append([record(topic, 'k', 'confirmed')]);
      await log.append([record(topic, 'k', 'last')]);
      const texts = await read(log, 'last');
      expect(texts).toContain('confirmed');
      expect(texts.indexOf('confirmed')).toBeGreaterThan(texts.indexOf('first'));
    });

    it('leave a record stored once when the connection breaks before the deadline', async () => {
      const log = await openThroughProxy();
      await log.append([record(topic, 'k', 'warm up')]);
      proxy.loseAnswers = true;
      const appended = log.append([record(topic, 'k', 'once')]);
      await sleep(300);
      proxy.cut();
      proxy.loseAnswers = false;
      await appended;
      await log.append([record(topic, 'k', 'end')]);
      expect((await read(log, 'end')).filter((text) => text === 'once')).toEqual(['once']);
    });
  });

  describe('a broker that is killed', () => {
    it('and comes back has lost nothing that was confirmed, and is found again by who reads and who appends', async () => {
      let kafka = await startKafka();
      const [topic, group] = [unique('topic'), unique('group')];
      const log = await open(kafka.url, SOON_GIVEN_UP);
      await log.ensureTopics([topicSpec(topic, 4)]);
      const ledger = new Ledger();
      const workers = [
        await Worker.start(await open(kafka.url), { group, topic }, ledger),
        await Worker.start(await open(kafka.url), { group, topic }, ledger),
      ];
      const confirmed = new Set<string>();
      let outages = 0;
      const append = async (from: number, count: number) => {
        const records = Array.from({ length: count }, (_, n) => record(topic, `${n % 17}`, `${from + n}`));
        for (;;) {
          try {
            await log.append(records);
            for (const { value } of records) confirmed.add(value.toString());
            return;
          } catch (error) {
            expect(error).toBeInstanceOf(EventLogUnavailableError);
            outages += 1;
          }
        }
      };
      let next = 0;
      for (let round = 0; round < 2; round += 1) {
        const producing = (async () => {
          for (let n = 0; n < 60; n += 1) {
            await append(next, 20);
            next += 20;
            await sleep(20);
          }
        })();
        await sleep(500);
        await kafka.kill();
        await sleep(3_000);
        kafka = await startKafka({ resume: kafka.place });
        await producing;
      }
      await eventually(() => confirmed.size === [...confirmed].filter((text) => ledger.handledTexts.has(text)).length);
      expect(confirmed.size).toBe(2 * 60 * 20);
      expect(outages).toBeGreaterThan(0);
      await Promise.all(workers.map((worker) => worker.stop()));
      expect(ledger.problems).toEqual([]);
      await kafka.stop();
    }, 240_000);

    // The topic exists before, as it does for services: a member that subscribes to none learns of it only minutes later.
    it('when a member starts is waited for in the background', async () => {
      const kafka = await startKafka();
      const log = await open(kafka.url, { joinTimeoutMs: 500 });
      const topic = unique('topic');
      await log.ensureTopics([topicSpec(topic, 1)]);
      await kafka.kill();
      const reader = await Reader.join(await open(kafka.url, { joinTimeoutMs: 500 }), {
        group: unique('group'),
        topics: [topic],
      });
      await expect(log.append([record(topic, 'k')])).rejects.toThrow(EventLogUnavailableError);
      const resumed = await startKafka({ resume: kafka.place });
      await log.append([record(topic, 'k', 'at last')]);
      await eventually(() => reader.texts.includes('at last') || reader.failures.length > 0);
      expect(reader.failures).toEqual([]);
      await resumed.stop();
    }, 120_000);

    it('for good ends a member with a failure', async () => {
      const kafka = await startKafka();
      const topic = unique('topic');
      const log = await open(kafka.url, { outageMaxMs: 1_000 });
      await log.ensureTopics([topicSpec(topic, 1)]);
      const reader = await Reader.join(log, { group: unique('group'), topics: [topic] });
      await kafka.kill();
      await eventually(() => reader.failures.length > 0);
      expect(reader.failures).toHaveLength(1);
      await kafka.stop();
    }, 120_000);
  });
});
