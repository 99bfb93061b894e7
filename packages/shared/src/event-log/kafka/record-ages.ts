import kafkajs, { type Admin } from 'kafkajs';

/** By default a broker looks every five minutes for segments to delete. Source: Kafka, "Broker Configs", log.retention.check.interval.ms. */
const CHECK_INTERVAL_MS = 15 * 60_000;

/**
 * A segment goes when its newest record is past the retention, and takes records for `segment.ms` at most: that is how much longer its
 * oldest one may stay. Source: Apache Kafka, "Topic Configs", retention.ms and segment.ms.
 */
export async function keptAtMostMs(admin: Admin, topics: readonly string[]): Promise<number> {
  const set = await readSettings(admin, topics);
  return Math.max(...set.map(({ retention, segment }) => retention + segment + CHECK_INTERVAL_MS));
}

export async function retentionMs(admin: Admin, topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
  return new Map((await readSettings(admin, topics)).map(({ topic, retention }) => [topic, retention]));
}

/** Both in milliseconds. */
async function readSettings(admin: Admin, topics: readonly string[]) {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name,
      configNames: ['retention.ms', 'segment.ms'],
    })),
  });
  return resources.map(({ resourceName: topic, configEntries }) => {
    const value = (name: string) => Number(configEntries.find(({ configName }) => configName === name)?.configValue);
    const retention = value('retention.ms');
    return { topic, retention: retention < 0 ? Number.POSITIVE_INFINITY : retention, segment: value('segment.ms') };
  });
}

/** By where each partition begins, and where its first record of `moment` or later is. */
export async function holdsBefore(admin: Admin, topics: readonly string[], moment: Date): Promise<boolean> {
  for (const topic of topics) {
    const firstSince = new Map(
      (await admin.fetchTopicOffsetsByTimestamp(topic, moment.getTime())).map(({ partition, offset }) => [
        partition,
        BigInt(offset),
      ]),
    );
    const begins = await admin.fetchTopicOffsets(topic);
    if (begins.some(({ partition, low }) => BigInt(low) < (firstSince.get(partition) ?? 0n))) return true;
  }
  return false;
}
