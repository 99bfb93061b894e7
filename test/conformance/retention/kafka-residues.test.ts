import { watchingTopics } from '@onrecord/retention/watch-topics';
import { DEFAULT_RETRY_POLICY } from '@onrecord/shared/event-log/failure-policy';
import { type EventLog, TopicMismatchError } from '@onrecord/shared/event-log/port';
import { createPublisher } from '@onrecord/shared/event-log/publisher';
import { topicSpecs } from '@onrecord/shared/event-log/topics';
import { type OnrecordEvent, TOPICS } from '@onrecord/shared/events';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { createMetrics } from '@onrecord/shared/telemetry/metrics';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../servers/available.ts';
import { type Kafka, startKafka } from '../../servers/kafka.ts';
import { openPlace } from '../member-process.ts';
import { Deletions } from './deletions.ts';
import { DAY_MS, erasing } from './erasing.ts';
import { legReported, newSid } from './facts.ts';

const HOUR_MS = 3_600_000;
const PERSON = '+14155552671';
const topics = topicSpecs({ partitions: 1, retentionMs: HOUR_MS, retryPolicy: DEFAULT_RETRY_POLICY });

describeWith('kafka', () => {
  let kafka: Kafka;
  let log: EventLog;
  let bed: Deletions;
  beforeAll(async () => {
    // Otherwise a broker looks every five minutes for what to drop.
    kafka = await startKafka({
      properties: [
        'log.retention.check.interval.ms=500',
        'log.initial.task.delay.ms=500',
        'log.segment.delete.delay.ms=500',
      ],
    });
    log = await openPlace({ kind: 'kafka', url: kafka.url, limits: {} });
    await log.ensureTopics(topics);
    bed = await Deletions.start();
  }, 300_000);
  afterAll(async () => {
    await bed?.close();
    await log?.close();
    await kafka?.stop();
  });

  const publish = async (event: OnrecordEvent) => {
    const publisher = createPublisher(log, { deadlineMs: 30_000 });
    await publisher.publish([event]);
    await publisher.close();
  };
  /** As somebody does by hand. */
  async function alter(settings: Record<string, string>) {
    const admin = new kafkajs.Kafka({ brokers: [kafka.url.replace('kafka://', '')], logLevel: 0 }).admin();
    await admin.connect();
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    const type = kafkajs.ConfigResourceTypes.TOPIC;
    await admin.alterConfigs({ validateOnly: false, resources: [{ type, name: TOPICS.telephony, configEntries }] });
    await admin.disconnect();
  }

  it('names what Kafka still has of an erased number, with its end, and calls it gone once the log has dropped it', async () => {
    const { called, request, settle, sweepOnce, find } = erasing(bed, log);
    const { callSid } = await called(PERSON, '+14155550100');
    await publish(legReported(callSid, { from: PERSON, to: '+14155550100' }));
    // From here on the ledger's clock is that of Kafka.
    bed.test.now = new Date();
    const { erasure } = await request({ e164: PERSON });
    await settle();
    const residue = async () => (await find(erasure.erasureId)).residues.find((each) => each.residue === 'events');
    const until = (await residue())?.until?.getTime() ?? 0;
    // What waits for its last retry is kept for two hours, and as long again for its segment to fill.
    expect(until - erasure.coversUntil.getTime()).toBeGreaterThanOrEqual(4 * HOUR_MS);
    expect(until - erasure.coversUntil.getTime()).toBeLessThan(5 * HOUR_MS);

    bed.test.now = new Date(until + 1);
    await sweepOnce();
    expect(await residue()).toMatchObject({ finding: expect.stringMatching(/still has events/) });
    expect((await residue())?.goneAt).toBeUndefined();

    await alter({ 'retention.ms': '1000', 'segment.ms': '1000' });
    const lines: string[] = [];
    const logger = createLogger({
      service: 'test',
      level: 'error',
      destination: { write: (line) => void lines.push(line) },
    });
    const [registry, clock] = [createMetrics('retention'), () => bed.test.now];
    const watch = watchingTopics({ eventLog: log, clock, logger, registry }, { partitions: 1, retentionMs: HOUR_MS });
    const otherwise = async () =>
      (await registry.getSingleMetric('onrecord_topics_kept_otherwise')?.get())?.values.map(({ value }) => value);
    const told = async () => [await watch(), lines.length, await otherwise()];
    expect(await told()).toEqual([false, 0, [0]]);
    bed.test.now = new Date(bed.test.now.getTime() + HOUR_MS);
    expect([await told(), await told()]).toEqual(Array(2).fill([false, 1, [1]]));
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      topic: TOPICS.telephony,
      reason: 'it keeps events for 1000 ms, and 3600000 ms are wanted',
    });
    const asked = log.ensureTopics(topics);
    await expect(asked).rejects.toThrow(TopicMismatchError);
    await expect(asked).rejects.toThrow(/onrecord\.telephony: it keeps events for 1000 ms and 3600000 ms are wanted/);

    const look = async () => {
      bed.test.now = new Date(bed.test.now.getTime() + 2 * DAY_MS);
      await sweepOnce();
      return (await residue())?.goneAt;
    };
    await expect.poll(look, { timeout: 60_000, interval: 1_000 }).toBeInstanceOf(Date);

    // What others are told afterwards is none of it.
    await alter({ 'retention.ms': String(HOUR_MS), 'segment.ms': String(HOUR_MS) });
    await publish(legReported(newSid('CA'), { from: '+14155559999', to: '+14155550100' }));
    expect(await log.holdsBefore([TOPICS.telephony], erasure.coversUntil)).toBe(false);
    expect(await log.holdsBefore([TOPICS.telephony], new Date(Date.now() + HOUR_MS))).toBe(true);
  }, 300_000);
});
