import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import type { SASLOptions } from 'kafkajs';
import { SettingsError } from '../../config/settings.ts';
import { explainFile } from '../../file-system/explain-file.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { parseKafkaUrl } from './broker-url.ts';
import { KAFKA_LIMITS, type KafkaEventLogOptions, type KafkaLimits } from './options.ts';

/** What is needed to reach the brokers. */
export interface KafkaConnection {
  brokers: readonly string[];
  ssl: ConnectionOptions | undefined;
  sasl: SASLOptions | undefined;
  clientId: string;
  logger: Logger;
  limits: KafkaLimits;
}

/** @throws SettingsError naming what cannot be used */
export async function readConnection(options: KafkaEventLogOptions): Promise<KafkaConnection> {
  const address = parseKafkaUrl(options.url);
  if (!address) throw new SettingsError('EVENTS_URL cannot be used: give kafka://host:9092,host2:9092');
  const { brokers, tls, username, password } = address;
  const mechanism = options.saslMechanism ?? 'scram-sha-512';
  if (username !== undefined && mechanism === 'plain' && !tls) {
    throw new SettingsError(
      'EVENTS_SASL_MECHANISM is "plain", which would send the password readably: use kafka+ssl:// in EVENTS_URL, or scram-sha-512',
    );
  }
  if (options.caFile !== undefined && !tls) {
    throw new SettingsError('EVENTS_CA_FILE is given, but EVENTS_URL does not use TLS: begin it with kafka+ssl://');
  }
  const ca = options.caFile === undefined ? undefined : await readCertificates(options.caFile);
  return {
    brokers,
    ssl: tls ? (ca === undefined ? {} : { ca }) : undefined,
    sasl: username === undefined || password === undefined ? undefined : { mechanism, username, password },
    clientId: options.clientId,
    logger: options.logger,
    limits: { ...KAFKA_LIMITS, ...options.limits },
  } as KafkaConnection;
}

async function readCertificates(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new SettingsError(
      `EVENTS_CA_FILE is "${file}", which cannot be read (${explainFile(error)}): give the path of a file that this process may read`,
    );
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new SettingsError(`EVENTS_CA_FILE is "${file}", which has no certificate in PEM format`);
  }
  return text;
}
