import { afterAll, describe } from 'vitest';
import { describeWith } from '../servers/available.ts';
import { createBucket } from '../servers/buckets.ts';
import { type Kafka, startKafka } from '../servers/kafka.ts';
import { createDatabase } from '../servers/postgres.ts';
import { callsSuite } from './calls-suite.ts';
import { crashSuite } from './crash-suite.ts';
import { messagesSuite } from './messages-suite.ts';
import { outageSuite } from './outage-suite.ts';
import { reconcileSuite } from './reconcile-suite.ts';

/** A broker that is replaced, or a rolling restart that goes wrong: longer than any callback is retried and any session lasts. */
const OUTAGE_MS = 60_000;

/** Apache Kafka, an S3 server and Postgres: what production uses. */
describeWith('kafka', () =>
  describeWith('s3', (s3) =>
    describeWith('postgres', (postgres) => {
      // A broker of its own: what other tests told the shared one, thousands of callbacks under load, retention would have to work
      // through before it heard of anything here, and once that took longer than a test waits.
      let broker: Promise<Kafka> | undefined;
      afterAll(async () => (await broker)?.stop());
      const brokerUrl = async () => {
        broker ??= startKafka();
        return (await broker).url;
      };
      const backends = async (eventsUrl?: string) => ({
        EVENTS_URL: eventsUrl ?? (await brokerUrl()),
        EVENTS_REPLICATION_FACTOR: '1',
        EVENTS_MIN_INSYNC_REPLICAS: '1',
        DATABASE_URL: (await createDatabase(postgres.url)).url,
        RECORDINGS_BUCKET: `s3://${await createBucket(s3, { versioned: true })}/recordings`,
        S3_ENDPOINT: s3.endpoint,
        S3_REGION: s3.region,
        S3_FORCE_PATH_STYLE: 'true',
        AWS_ACCESS_KEY_ID: s3.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
      });
      // All runs use the broker's topics and groups one after the other; accounts keep them apart, as tenants are. Those that kill
      // services come last: Kafka keeps a killed member's partitions for a session timeout or two, and the next run waits for them.
      describe('lost callbacks on Kafka, S3 and Postgres', () => reconcileSuite(() => backends()));
      describe('calls on Kafka, S3 and Postgres', () => callsSuite(() => backends()));
      describe('text messages on Kafka, S3 and Postgres', () => messagesSuite(() => backends()));
      describe('an outage of Kafka', () =>
        outageSuite(async () => {
          // Its own, which no other suite misses.
          let own = await startKafka();
          return {
            backends: await backends(own.url),
            outageMs: OUTAGE_MS,
            takeAway: () => own.kill(),
            giveBack: async () => {
              own = await startKafka({ resume: own.place });
            },
            stop: () => own.stop(),
          };
        }));
      describe('crashes on Kafka, S3 and Postgres', () => crashSuite(() => backends()));
    }),
  ),
);
