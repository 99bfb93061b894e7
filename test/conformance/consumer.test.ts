import { openKafkaEventLog } from '@onrecord/shared/event-log/kafka/open';
import { openPostgresEventLog } from '@onrecord/shared/event-log/postgres/open';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { afterAll, beforeAll } from 'vitest';
import { describeWith } from '../servers/available.ts';
import { createDatabase } from '../servers/postgres.ts';
import { consumerSuite } from './consumer-suite.ts';

const logger = createLogger({ service: 'conformance', level: 'silent' });

describeWith('kafka', ({ url }) => {
  consumerSuite('Kafka', () => openKafkaEventLog({ url, logger, clientId: 'conformance' }));
});

describeWith('postgres', (server) => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase(server.url);
  });
  afterAll(() => database?.drop());

  consumerSuite('Postgres', () => openPostgresEventLog({ url: database.url, logger, poolMax: 4 }));
});
