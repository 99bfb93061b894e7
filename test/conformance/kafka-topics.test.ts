import { type EventLog, TopicMismatchError } from '@onrecord/shared/event-log/port';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../servers/available.ts';
import { topicSpec, unique } from './event-log-support.ts';
import { openPlace } from './member-process.ts';

describeWith('kafka', ({ url }) => {
  let log: EventLog;
  const admin = new kafkajs.Kafka({
    brokers: [url.replace('kafka://', '')],
    logLevel: kafkajs.logLevel.NOTHING,
  }).admin();
  beforeAll(async () => {
    log = await openPlace({ kind: 'kafka', url, limits: {} });
    await admin.connect();
  });
  afterAll(async () => {
    await log.close();
    await admin.disconnect();
  });

  async function createTopic(settings: Record<string, string>) {
    const topic = unique('topic');
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1, configEntries }] });
    return topic;
  }

  it('creates topics as they are wanted', async () => {
    const name = unique('topic');
    await log.ensureTopics([{ name, partitions: 3, retentionMs: 7_200_000 }]);
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name }],
    });
    const config = Object.fromEntries(
      resources[0]?.configEntries.map((entry) => [entry.configName, entry.configValue]) ?? [],
    );
    expect(config).toMatchObject({ 'retention.ms': '7200000', 'cleanup.policy': 'delete', 'min.insync.replicas': '1' });
  });

  it.each([
    [{ 'retention.ms': '60000' }, /keeps events for 60000 ms and 3600000 ms are wanted: run kafka-configs/],
    [{ 'retention.ms': '-1' }, /for ever/],
    [{ 'cleanup.policy': 'compact' }, /cleanup.policy is compact/],
    [{ 'max.message.bytes': '100000' }, /at most 100000 bytes at a time/],
    [{ 'min.insync.replicas': '2' }, /2 copies must confirm and it has only 1/],
  ])('refuses a topic with %o', async (settings, message) => {
    const topic = await createTopic({ 'retention.ms': '3600000', ...settings });
    const refused = log.ensureTopics([topicSpec(topic, 1)]);
    await expect(refused).rejects.toThrow(TopicMismatchError);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toThrow(topic);
  });

  it('refuses more copies than there are brokers', async () => {
    const refused = log.ensureTopics([
      { ...topicSpec(unique('topic'), 1), replicationFactor: 3, minInSyncReplicas: 2 },
    ]);
    await expect(refused).rejects.toThrow(
      /3 copies are wanted and 1 broker\(s\) answer: start more brokers, or set EVENTS_REPLICATION_FACTOR/,
    );
  });
});
