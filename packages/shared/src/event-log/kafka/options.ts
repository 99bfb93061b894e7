import type { Logger } from '../../telemetry/logger.ts';

export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

export interface KafkaEventLogOptions {
  /** `kafka://host:9092,host2:9092`, or `kafka+ssl://user:password@host:9092` over TLS. */
  url: string;
  /** Shown in the brokers' logs, metrics and quotas. */
  clientId: string;
  logger: Logger;
  /** Used when the URL has a user. Default `scram-sha-512`. */
  saslMechanism?: SaslMechanism | undefined;
  /** PEM file with the certificate authority of the brokers; without it, the well-known ones are trusted. */
  caFile?: string | undefined;
  /** Accepts topics on three or more brokers whose appends may be confirmed with one copy. */
  allowSingleCopy?: boolean | undefined;
  limits?: Partial<KafkaLimits> | undefined;
}

/** Times in milliseconds. */
export interface KafkaLimits {
  /** From calling `append` to its confirmation, waiting for earlier appends included. */
  appendTimeoutMs: number;
  /** The same for `ensureTopics`. */
  adminTimeoutMs: number;
  pingTimeoutMs: number;
  commitTimeoutMs: number;
  /** How long `subscribe` waits for the group to take the member in; then it goes on trying in the background. */
  joinTimeoutMs: number;
  /** A member that is silent for longer is dead to the group. Brokers accept 6 s to 30 min by default. */
  sessionTimeoutMs: number;
  heartbeatIntervalMs: number;
  /** How long the group waits for its members to give their partitions up and join again. */
  rebalanceTimeoutMs: number;
  /** How long `onRevoking` may take. The rest of the rebalance timeout is for noticing the rebalance and for joining. */
  revokeTimeoutMs: number;
  /** How long a broker holds a fetch that finds nothing: the delay of a resume and of a stop, too. */
  fetchWaitMs: number;
  /** A pause that ends so soon is waited for with the next fetch; other partitions of the broker wait along. */
  shortPauseMs: number;
  /** Of one fetch from one broker, and of one partition in it: what may be in memory on top of what the listener holds. */
  fetchBytesMax: number;
  partitionBytesMax: number;
  /** From the last commit to the end of `close`; then the connections are cut. */
  closeTimeoutMs: number;
  connectTimeoutMs: number;
  requestTimeoutMs: number;
  /** How long a member may be without its group before `onFailure`. Meanwhile it keeps trying. */
  outageMaxMs: number;
  /** Between attempts to join a group whose brokers cannot be reached; doubled up to the second. */
  rejoinDelayMs: number;
  rejoinDelayMaxMs: number;
}

const MIB = 1024 * 1024;

export const KAFKA_LIMITS: KafkaLimits = {
  appendTimeoutMs: 10_000,
  adminTimeoutMs: 30_000,
  pingTimeoutMs: 3_000,
  commitTimeoutMs: 10_000,
  joinTimeoutMs: 15_000,
  sessionTimeoutMs: 30_000,
  heartbeatIntervalMs: 3_000,
  rebalanceTimeoutMs: 60_000,
  revokeTimeoutMs: 45_000,
  fetchWaitMs: 100,
  shortPauseMs: 50,
  fetchBytesMax: 2 * MIB,
  partitionBytesMax: MIB / 2,
  closeTimeoutMs: 10_000,
  connectTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  outageMaxMs: 5 * 60_000,
  rejoinDelayMs: 500,
  rejoinDelayMaxMs: 10_000,
};
