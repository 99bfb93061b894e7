import kafkajs, { type Admin, type ITopicMetadata } from 'kafkajs';
import { TopicMismatchError, type TopicSpec } from '../port.ts';
import { BATCH_BYTES_MAX } from './batches.ts';
import { type ActualTopic, differences, impossibilities, onCluster, type WantedTopic } from './topic-differences.ts';

const UNCLEAN = 'unclean.leader.election.enable';
const CONFIG_NAMES = ['min.insync.replicas', 'retention.ms', 'cleanup.policy', 'max.message.bytes', UNCLEAN];

/**
 * Kafka deletes whole segments, and by default fills one for a week: what is in it would stay for its retention and a week. What is
 * there already is left as it is; `record-ages.ts` reads how long that keeps a record.
 */
const SEGMENT_MS_MAX = 24 * 3_600_000;

export interface EnsureTopicsOptions {
  allowSingleCopy: boolean;
  /** Brokers that the URL names: a cluster of which one is up at the moment is not a cluster of one. */
  brokersNamed: number;
  timeoutMs: number;
}

/**
 * Creates what is missing and checks what is there; changes nothing.
 * @throws TopicMismatchError naming each difference and its remedy
 */
export async function ensureTopics(
  admin: Admin,
  topics: readonly TopicSpec[],
  { allowSingleCopy, brokersNamed, timeoutMs }: EnsureTopicsOptions,
): Promise<void> {
  if (topics.length === 0) return;
  const { brokers } = await admin.describeCluster();
  const size = Math.max(brokers.length, brokersNamed);
  const wanted = topics.map((topic) => onCluster(topic, size));
  const cluster = { alive: brokers.length, size, allowSingleCopy };
  const known = new Set(await admin.listTopics());
  const missing = wanted.filter(({ name }) => !known.has(name));
  refuse(missing, (topic) => impossibilities(topic, cluster));
  // Another process may be creating them at the same time; what came of it is read below.
  if (missing.length > 0) await admin.createTopics({ topics: missing.map(toConfig), timeout: timeoutMs });
  const actual = await readTopics(
    admin,
    wanted.map(({ name }) => name),
  );
  refuse(wanted, (topic) => {
    const there = actual.get(topic.name);
    return there ? differences(topic, there, cluster) : ['it could not be created'];
  });
}

function refuse(topics: readonly WantedTopic[], problemsOf: (topic: WantedTopic) => string[]): void {
  const byProblem = new Map<string, string[]>();
  for (const topic of topics) {
    for (const problem of problemsOf(topic)) byProblem.set(problem, [...(byProblem.get(problem) ?? []), topic.name]);
  }
  if (byProblem.size === 0) return;
  const lines = Array.from(byProblem, ([problem, names]) => `  ${names.join(', ')}: ${problem}`);
  throw new TopicMismatchError(`topics are not as they should be:\n${lines.join('\n')}`);
}

const toConfig = ({ name, partitions, replicationFactor, minInSyncReplicas, retentionMs }: WantedTopic) => ({
  topic: name,
  numPartitions: partitions,
  replicationFactor,
  configEntries: [
    { name: 'min.insync.replicas', value: String(minInSyncReplicas) },
    { name: 'retention.ms', value: String(retentionMs) },
    { name: 'segment.ms', value: String(Math.min(retentionMs, SEGMENT_MS_MAX)) },
    { name: 'cleanup.policy', value: 'delete' },
    { name: UNCLEAN, value: 'false' },
    { name: 'max.message.bytes', value: String(BATCH_BYTES_MAX) },
  ],
});

async function readTopics(admin: Admin, names: string[]): Promise<ReadonlyMap<string, ActualTopic>> {
  const { topics } = await admin.fetchTopicMetadata({ topics: names });
  const type = kafkajs.ConfigResourceTypes.TOPIC;
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type, name, configNames: CONFIG_NAMES })),
  });
  const configs = new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  );
  return new Map(topics.map((topic) => [topic.name, toActual(topic, configs.get(topic.name) ?? new Map())]));
}

const toActual = ({ name, partitions }: ITopicMetadata, config: ReadonlyMap<string, string>): ActualTopic => ({
  name,
  partitions: partitions.length,
  replicationFactor: Math.min(...partitions.map(({ replicas }) => replicas.length)),
  config,
});
