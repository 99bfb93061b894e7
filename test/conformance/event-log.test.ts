import type { KafkaLimits } from '@onrecord/shared/event-log/kafka/options';
import type { PostgresEventLogLimits } from '@onrecord/shared/event-log/postgres/limits';
import { afterAll, beforeAll } from 'vitest';
import { describeWith } from '../servers/available.ts';
import { freePorts } from '../servers/free-ports.ts';
import { createDatabase } from '../servers/postgres.ts';
import { eventLogSuite } from './event-log-suite.ts';
import { type MemberPlace, openPlace } from './member-process.ts';

const SESSION_TIMEOUT_MS = 4_000;

const kafkaLimits: Partial<KafkaLimits> = {
  sessionTimeoutMs: SESSION_TIMEOUT_MS,
  heartbeatIntervalMs: 500,
  rebalanceTimeoutMs: 15_000,
  revokeTimeoutMs: 10_000,
};

describeWith('kafka', ({ url }) => {
  const place: MemberPlace = { kind: 'kafka', url, limits: kafkaLimits };
  eventLogSuite('Kafka', () => ({
    place,
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    open: () => openPlace(place),
    openUnreachable: async () => {
      const [port] = await freePorts(1);
      const limits = { appendTimeoutMs: 2_000, pingTimeoutMs: 1_000, adminTimeoutMs: 2_000 };
      return openPlace({ kind: 'kafka', url: `kafka://127.0.0.1:${port}`, limits });
    },
  }));
});

const postgresLimits: Partial<PostgresEventLogLimits> = {
  heartbeatIntervalMs: 300,
  leaseMs: SESSION_TIMEOUT_MS,
  sessionGraceMs: 1_000,
};

describeWith('postgres', (server) => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase(server.url);
  });
  afterAll(() => database.drop());

  eventLogSuite('Postgres', () => {
    const place: MemberPlace = { kind: 'postgres', url: database.url, limits: postgresLimits };
    return {
      place,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      open: () => openPlace(place),
      openUnreachable: async () => {
        const gone = await createDatabase(server.url);
        const log = await openPlace({ kind: 'postgres', url: gone.url, limits: { answerTimeoutMs: 2_000 } });
        await gone.drop();
        return log;
      },
    };
  });
});
