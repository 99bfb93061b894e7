import type { EventLog } from '../port.ts';
import { readConnection } from './connection.ts';
import { KafkaEventLog } from './event-log.ts';
import type { KafkaEventLogOptions } from './options.ts';

/**
 * An event log in Apache Kafka (through kafkajs; tested with 4.3). Nothing is connected yet: brokers that are down now may come later.
 * @throws SettingsError when the URL or the certificate file cannot be used
 */
export async function openKafkaEventLog(options: KafkaEventLogOptions): Promise<EventLog> {
  return new KafkaEventLog(await readConnection(options), options.allowSingleCopy ?? false);
}
