import kafkajs, { type Kafka, type KafkaConfig } from 'kafkajs';
import { clientLog } from './client-log.ts';
import type { KafkaConnection } from './connection.ts';
import { Connections } from './connections.ts';

/** One kafkajs client for one purpose, so that it can be thrown away without harm to others. */
export interface Client {
  kafka: Kafka;
  /** Ends its connections, whatever it is doing. */
  cut(): void;
}

/** kafkajs's own attempts; given in full, since it has other defaults where NODE_ENV is `test`. */
export const CLIENT_RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, multiplier: 2, factor: 0.2, retries: 5 };

export function createClient({ brokers, ssl, sasl, clientId, logger, limits }: KafkaConnection): Client {
  const connections = new Connections();
  const config: KafkaConfig = {
    brokers: [...brokers],
    clientId,
    connectionTimeout: limits.connectTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    retry: CLIENT_RETRY,
    socketFactory: connections.open,
    logLevel: kafkajs.logLevel.INFO,
    logCreator: () => clientLog(logger),
    ...(ssl && { ssl }),
    // kafkajs keeps state in it.
    ...(sasl && { sasl: { ...sasl } }),
  };
  return { kafka: new kafkajs.Kafka(config), cut: () => connections.cut() };
}
