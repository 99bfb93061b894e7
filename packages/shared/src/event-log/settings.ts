import { z } from 'zod';
import { duration, flag, wholeNumber } from '../config/settings.ts';
import { parseKafkaUrl } from './kafka/broker-url.ts';
import { SASL_MECHANISMS } from './kafka/options.ts';

const isEventsUrl = (text: string) =>
  /^kafka/.test(text) ? parseKafkaUrl(text) !== undefined : /^postgres(ql)?:\/\/./.test(text);

/** Where events are kept and how its topics are made. The last five matter to Kafka alone. */
export const eventLogSettings = {
  EVENTS_URL: z
    .string({ error: 'give kafka://host:9092,host2:9092 or postgres://user:password@host:5432/database' })
    .refine(isEventsUrl, {
      error:
        'give kafka://host:9092,host2:9092, kafka+ssl://user:password@host:9092 or postgres://user:password@host:5432/database',
    })
    .describe(
      'The event log: kafka://host:9092,host2:9092, kafka+ssl://user:password@host:9092 over TLS, or postgres://user:password@host:5432/database',
    ),
  EVENTS_PARTITIONS: wholeNumber(1, 1_000)
    .prefault('12')
    .describe('Partitions of each main topic: at most as many members of a group share its work')
    .meta({ unit: 'partitions' }),
  EVENTS_RETENTION: duration({ min: '1h' }).prefault('7d').describe('How long events are kept'),
  EVENTS_REPLICATION_FACTOR: wholeNumber(1, 9)
    .optional()
    .describe('Copies of each event; without it three, or as many as there are brokers')
    .meta({ unit: 'copies' }),
  EVENTS_MIN_INSYNC_REPLICAS: wholeNumber(1, 9)
    .optional()
    .describe('Copies that must hold an event before it counts as published; without it all but one, and at least one')
    .meta({ unit: 'copies' }),
  EVENTS_ALLOW_SINGLE_COPY: flag()
    .prefault('false')
    .describe('true accepts that a cluster of three or more brokers confirms events that one broker alone holds'),
  EVENTS_CA_FILE: z
    .string()
    .optional()
    .describe('PEM file with the certificate authority of the brokers, for kafka+ssl with certificates of your own'),
  EVENTS_SASL_MECHANISM: z
    .enum(SASL_MECHANISMS, { error: `give one of ${SASL_MECHANISMS.join(', ')}` })
    .prefault('scram-sha-512')
    .describe('How the user and the password of EVENTS_URL are presented; plain only over TLS'),
} satisfies z.ZodRawShape;

type Settings = z.output<z.ZodObject<typeof eventLogSettings>>;

/** For `openEventLog`; the part about topics is also for `topicSpecs`. */
export const toEventLogOptions = (settings: Settings) => ({
  url: settings.EVENTS_URL,
  partitions: settings.EVENTS_PARTITIONS,
  retentionMs: settings.EVENTS_RETENTION,
  replicationFactor: settings.EVENTS_REPLICATION_FACTOR,
  minInSyncReplicas: settings.EVENTS_MIN_INSYNC_REPLICAS,
  allowSingleCopy: settings.EVENTS_ALLOW_SINGLE_COPY,
  caFile: settings.EVENTS_CA_FILE,
  saslMechanism: settings.EVENTS_SASL_MECHANISM,
});
