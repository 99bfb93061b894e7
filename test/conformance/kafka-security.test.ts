import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openKafkaEventLog } from '@onrecord/shared/event-log/kafka/open';
import type { SaslMechanism } from '@onrecord/shared/event-log/kafka/options';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../servers/available.ts';
import { type Kafka, startKafka } from '../servers/kafka.ts';
import { eventually, Reader, record, topicSpec, unique } from './event-log-support.ts';

const run = promisify(execFile);
const logger = createLogger({ service: 'test', level: 'silent' });
const STORE_PASSWORD = 'store-password';

/** A certificate for 127.0.0.1, signed by itself, for the broker as PKCS12 and for us as PEM. */
async function createCertificate(folder: string) {
  const store = join(folder, 'broker.p12');
  const access = ['-keystore', store, '-storetype', 'PKCS12', '-storepass', STORE_PASSWORD, '-alias', 'broker'];
  const subject = ['-dname', 'CN=127.0.0.1', '-ext', 'SAN=ip:127.0.0.1,dns:localhost', '-validity', '2'];
  await run('keytool', ['-genkeypair', '-keyalg', 'EC', ...access, ...subject]);
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, (await run('keytool', ['-exportcert', '-rfc', ...access])).stdout);
  return { store, caFile };
}

const plainUsers =
  'listener.name.clients.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="broker" password="broker-password" user_broker="broker-password" user_onrecord="pass:word/@%";';
const scramModule = (name: string) =>
  `listener.name.clients.${name}.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;`;

describeWith('kafka', () => {
  describe('Kafka over TLS with passwords', () => {
    let folder: string;
    let caFile: string;
    let kafka: Kafka | undefined;
    let address: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'onrecord-tls-'));
      const certificate = await createCertificate(folder);
      caFile = certificate.caFile;
      kafka = await startKafka({
        protocol: 'SASL_SSL',
        properties: [
          `ssl.keystore.location=${certificate.store}`,
          'ssl.keystore.type=PKCS12',
          `ssl.keystore.password=${STORE_PASSWORD}`,
          `ssl.key.password=${STORE_PASSWORD}`,
          // For the check of its own certificate at the start.
          `ssl.truststore.location=${caFile}`,
          'ssl.truststore.type=PEM',
          'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
          'sasl.mechanism.inter.broker.protocol=PLAIN',
          plainUsers,
          scramModule('scram-sha-256'),
          scramModule('scram-sha-512'),
        ],
        scramUsers: [
          'SCRAM-SHA-256=[name=onrecord,password=pass:word/@%]',
          'SCRAM-SHA-512=[name=onrecord,password=pass:word/@%]',
        ],
      });
      address = `127.0.0.1:${kafka.place.port}`;
    });
    afterAll(async () => {
      await kafka?.stop();
      await rm(folder, { recursive: true });
    });

    const user = `onrecord:${encodeURIComponent('pass:word/@%')}`;
    const open = (url: string, saslMechanism: SaslMechanism, ca: string | undefined = caFile) =>
      openKafkaEventLog({
        url,
        clientId: 'test',
        logger,
        saslMechanism,
        caFile: ca,
        limits: { adminTimeoutMs: 5_000, pingTimeoutMs: 5_000 },
      });

    it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('appends and reads with %s', async (mechanism) => {
      const log = await open(`kafka+ssl://${user}@${address}`, mechanism);
      const topic = unique('topic');
      await log.ensureTopics([topicSpec(topic, 1)]);
      await log.append([record(topic, 'k', mechanism)]);
      const reader = await Reader.join(log, { group: unique('group'), topics: [topic] });
      await eventually(() => reader.texts.includes(mechanism));
      await log.close();
    });

    it('says that the password is wrong, and does not try again', async () => {
      const log = await open(`kafka+ssl://onrecord:wrong@${address}`, 'scram-sha-512');
      await expect(log.ensureTopics([topicSpec(unique('topic'), 1)])).rejects.toThrow(/refused.*[Aa]uthentication/);
      await expect(log.append([record('t', 'k')])).rejects.toThrow(/refused.*[Aa]uthentication/);
      await expect(Reader.join(log, { group: 'g', topics: ['t'] })).rejects.toThrow(/refuse.*[Aa]uthentication/);
      await log.close();
    });

    it('does not talk to a broker whose certificate nobody vouches for', async () => {
      const log = await openKafkaEventLog({
        url: `kafka+ssl://${user}@${address}`,
        clientId: 'test',
        logger,
        limits: { pingTimeoutMs: 5_000 },
      });
      await expect(log.ping()).rejects.toThrow(/self.signed certificate|unable to verify/);
      await log.close();
    });

    it('does not send a password readably', async () => {
      await expect(
        openKafkaEventLog({ url: `kafka://${user}@${address}`, clientId: 'test', logger, saslMechanism: 'plain' }),
      ).rejects.toThrow('use kafka+ssl://');
    });
  });
});
