import { openPostgresEventLog } from '@onrecord/shared/event-log/postgres/open';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { afterAll, beforeAll } from 'vitest';
import { createDatabase, startPostgres } from '../servers/postgres.ts';
import { consumerSuite } from './consumer-suite.ts';

const logger = createLogger({ service: 'conformance', level: 'silent' });

let postgres: Awaited<ReturnType<typeof startPostgres>>;
let database: Awaited<ReturnType<typeof createDatabase>>;

beforeAll(async () => {
  postgres = await startPostgres();
  database = await createDatabase(postgres.url);
});
afterAll(async () => {
  await database?.drop();
  await postgres?.stop();
});

consumerSuite('Postgres', () => openPostgresEventLog({ url: database.url, logger, poolMax: 4 }));
