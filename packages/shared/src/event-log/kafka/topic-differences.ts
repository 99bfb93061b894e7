import type { TopicSpec } from '../port.ts';
import { BATCH_BYTES_MAX } from './batches.ts';

/** A topic as the cluster has it. */
export interface ActualTopic {
  name: string;
  partitions: number;
  /** The least of any partition. */
  replicationFactor: number;
  /** Topic settings by their Kafka names. */
  config: ReadonlyMap<string, string>;
}

/** A topic as it is wanted on this cluster. */
export type WantedTopic = Required<{ [K in keyof TopicSpec]: NonNullable<TopicSpec[K]> }>;

const COPIES = 3;

export function onCluster(topic: TopicSpec, size: number): WantedTopic {
  const replicationFactor = topic.replicationFactor ?? Math.min(COPIES, size);
  return {
    ...topic,
    replicationFactor,
    minInSyncReplicas: topic.minInSyncReplicas ?? Math.max(1, replicationFactor - 1),
  };
}

export interface Cluster {
  /** Brokers that answer now. */
  alive: number;
  /** Brokers that there should be, at least those that answer. */
  size: number;
  allowSingleCopy: boolean;
}

/** From so many brokers on, nobody has to accept that one disk holds the only copy of an event. */
const BROKERS_WITH_COPIES = 3;

/** Why a topic cannot be created as it is wanted, each with its remedy. */
export function impossibilities(wanted: WantedTopic, cluster: Cluster): string[] {
  const { replicationFactor, minInSyncReplicas } = wanted;
  const { alive } = cluster;
  const found = singleCopy(replicationFactor, minInSyncReplicas, cluster);
  if (replicationFactor > alive) {
    found.push(
      `${replicationFactor} copies are wanted and ${alive} broker(s) answer: start more brokers, or set EVENTS_REPLICATION_FACTOR to at most ${alive}`,
    );
  }
  if (minInSyncReplicas > replicationFactor) {
    found.push(
      `${minInSyncReplicas} copies must confirm and there are only ${replicationFactor}: set EVENTS_MIN_INSYNC_REPLICAS to at most ${replicationFactor}`,
    );
  }
  return found;
}

function singleCopy(copies: number, confirming: number, { size, allowSingleCopy }: Cluster): string[] {
  if (size < BROKERS_WITH_COPIES || allowSingleCopy || Math.min(copies, confirming) >= 2) return [];
  return [
    `an event would count as published when one of ${size} brokers has it, and be lost with that broker: have 3 copies of which 2 confirm (EVENTS_REPLICATION_FACTOR=3, EVENTS_MIN_INSYNC_REPLICAS=2), or accept it with EVENTS_ALLOW_SINGLE_COPY=true`,
  ];
}

/** What is different about a topic that exists, each with its remedy. Nothing is changed on its own. */
export function differences(wanted: WantedTopic, actual: ActualTopic, cluster: Cluster): string[] {
  return [
    ...singleCopy(actual.replicationFactor, confirmingCopies(actual), cluster),
    ...partitionDifferences(wanted, actual),
    ...copyDifferences(wanted, actual),
    ...configDifferences(wanted, actual),
  ];
}

function partitionDifferences({ partitions }: WantedTopic, actual: ActualTopic): string[] {
  if (actual.partitions === partitions) return [];
  const found = `it has ${actual.partitions} partition(s) and ${partitions} are wanted: set EVENTS_PARTITIONS to what the main topics have`;
  if (actual.partitions > partitions) return [found];
  return [
    `${found}, or, when every group has read everything, add some with kafka-topics --alter --topic ${actual.name} --partitions ${partitions} (keys then move to other partitions)`,
  ];
}

function copyDifferences(wanted: WantedTopic, actual: ActualTopic): string[] {
  const found: string[] = [];
  if (actual.replicationFactor < wanted.replicationFactor) {
    found.push(
      `it has ${actual.replicationFactor} copy(ies) and ${wanted.replicationFactor} are wanted: reassign it with kafka-reassign-partitions, or set EVENTS_REPLICATION_FACTOR=${actual.replicationFactor}`,
    );
  }
  const confirming = confirmingCopies(actual);
  if (confirming < wanted.minInSyncReplicas) {
    found.push(
      `${confirming} copy(ies) must confirm and ${wanted.minInSyncReplicas} are wanted: ${alter(actual, 'min.insync.replicas', wanted.minInSyncReplicas)}, or set EVENTS_MIN_INSYNC_REPLICAS=${confirming}`,
    );
  } else if (confirming > actual.replicationFactor) {
    found.push(
      `${confirming} copies must confirm and it has only ${actual.replicationFactor}: ${alter(actual, 'min.insync.replicas', wanted.minInSyncReplicas)}`,
    );
  }
  return found;
}

const confirmingCopies = ({ config }: ActualTopic) => Number(config.get('min.insync.replicas'));

function configDifferences(wanted: WantedTopic, actual: ActualTopic): string[] {
  const found: string[] = [];
  const retentionMs = Number(actual.config.get('retention.ms'));
  if (retentionMs !== wanted.retentionMs) {
    const kept = retentionMs < 0 ? 'for ever' : `for ${retentionMs} ms`;
    found.push(
      `it keeps events ${kept} and ${wanted.retentionMs} ms are wanted: ${alter(actual, 'retention.ms', wanted.retentionMs)}, or change EVENTS_RETENTION`,
    );
  }
  const cleanup = actual.config.get('cleanup.policy');
  if (cleanup !== 'delete') {
    found.push(
      `its cleanup.policy is ${cleanup}, which drops all events of a key but the last: ${alter(actual, 'cleanup.policy', 'delete')}`,
    );
  }
  if (actual.config.get('unclean.leader.election.enable') === 'true') {
    found.push(
      `a broker that lacks events may lead it, and they are lost then: ${alter(actual, 'unclean.leader.election.enable', 'false')}`,
    );
  }
  const bytesMax = Number(actual.config.get('max.message.bytes'));
  if (bytesMax < BATCH_BYTES_MAX) {
    found.push(`it takes at most ${bytesMax} bytes at a time: ${alter(actual, 'max.message.bytes', BATCH_BYTES_MAX)}`);
  }
  return found;
}

const alter = ({ name }: ActualTopic, setting: string, value: number | string) =>
  `run kafka-configs --alter --entity-type topics --entity-name ${name} --add-config ${setting}=${value}`;
