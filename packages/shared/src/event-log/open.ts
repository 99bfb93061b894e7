import type { Logger } from 'pino';
import { DEFAULT_RETRY_POLICY } from './failure-policy.ts';
import type { EventLog } from './port.ts';
import { topicSpecs } from './topics.ts';

/** What `toEventLogOptions` reads from the settings. */
export interface EventLogOptions {
  /** `postgres://…`, `kafka://host:9092,host2:9092` or `kafka+ssl://user:password@host:9093`. */
  url: string;
  /** Partitions of each main topic. */
  partitions: number;
  /** Absent: as many copies as the cluster has room for, up to three. */
  replicationFactor?: number | undefined;
  minInSyncReplicas?: number | undefined;
  /** Accept a cluster of three or more brokers on which a published event may have one copy. */
  allowSingleCopy: boolean;
  /** How long events are kept, in milliseconds. */
  retentionMs: number;
  /** PEM of the authority behind the brokers' certificates. */
  ca?: string | undefined;
  saslMechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
}

/**
 * Opens the event log that the URL names, and creates or checks its topics.
 * @throws EventLogUnavailableError when it cannot be reached, TopicMismatchError when its topics are not as configured
 */
export async function openEventLog(
  options: EventLogOptions & { clientId: string; logger: Logger },
): Promise<EventLog> {
  const log = await openAdapter(options);
  try {
    await log.ensureTopics(topicSpecs({ ...options, retryPolicy: DEFAULT_RETRY_POLICY }));
  } catch (error) {
    await log.close();
    throw error;
  }
  return log;
}

/** Only the adapter in use is loaded: each brings a client library of its own. */
async function openAdapter(options: EventLogOptions & { clientId: string; logger: Logger }): Promise<EventLog> {
  if (/^postgres(ql)?:/.test(options.url)) {
    const { openPostgresEventLog } = await import('./postgres/open.ts');
    return openPostgresEventLog(options);
  }
  const { openKafkaEventLog } = await import('./kafka/open.ts');
  return openKafkaEventLog(options);
}
