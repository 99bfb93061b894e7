import { TOPICS } from '../events/envelope.ts';
import { deadLetterTopic, type RetryPolicy, retryTopics } from './failure-policy.ts';
import type { TopicSpec } from './port.ts';

export interface TopicOptions {
  /** Partitions of each main topic: at most as many members of a group share its work. */
  partitions: number;
  /** Absent: what the cluster has room for (`TopicSpec`). */
  replicationFactor?: number | undefined;
  minInSyncReplicas?: number | undefined;
  /** How long events are kept, in milliseconds. */
  retentionMs: number;
  retryPolicy: RetryPolicy;
}

/** Retries are few, and a member works on many keys of a partition at once: more partitions would only cost the broker. */
const RETRY_PARTITIONS_MAX = 3;
/** Dead letters are read by people. */
const DEAD_LETTER_PARTITIONS = 1;
/** A dead letter waits for a person: at least a month, whatever the retention of the rest. */
const DEAD_LETTER_RETENTION_MIN_MS = 30 * 24 * 3_600_000;

/** A topic with what is made for it: its retry topics, and at the end its dead letters. */
export const topicFamily = (topic: string, policy: RetryPolicy): string[] => [
  topic,
  ...retryTopics(topic, policy).map(({ name }) => name),
  deadLetterTopic(topic),
];

/** Every topic that Onrecord uses: the main ones, and for each its retry topics and its dead-letter topic. */
export function topicSpecs(options: TopicOptions): TopicSpec[] {
  const { replicationFactor, minInSyncReplicas, retentionMs, retryPolicy } = options;
  const spec = (name: string, partitions: number, keptMs: number): TopicSpec => ({
    name,
    partitions,
    replicationFactor,
    minInSyncReplicas,
    retentionMs: keptMs,
  });
  return Object.values(TOPICS).flatMap((topic) => [
    spec(topic, options.partitions, retentionMs),
    ...retryTopics(topic, retryPolicy).map(({ name, delayMs }) =>
      // A record that expires while it waits would be lost: twice the delay leaves as long again to be read.
      spec(name, Math.min(options.partitions, RETRY_PARTITIONS_MAX), Math.max(retentionMs, 2 * delayMs)),
    ),
    spec(deadLetterTopic(topic), DEAD_LETTER_PARTITIONS, Math.max(retentionMs, DEAD_LETTER_RETENTION_MIN_MS)),
  ]);
}
