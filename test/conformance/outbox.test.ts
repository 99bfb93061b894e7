import { EventLogUnavailableError } from '@onrecord/shared/event-log/port';
import { callStatusChanged, createEvent, type OnrecordEvent } from '@onrecord/shared/events';
import { messagingSchema } from '@onrecord/shared/postgres/messaging-schema';
import { migrate } from '@onrecord/shared/postgres/migrate';
import {
  appendToOutbox,
  type OutboxRelay,
  type OutboxRelayOptions,
  startOutboxRelay,
} from '@onrecord/shared/postgres/outbox';
import { inTransaction, openPool, type Pool } from '@onrecord/shared/postgres/pool';
import { markProcessed, pruneProcessed } from '@onrecord/shared/postgres/processed-events';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { createMetrics } from '@onrecord/shared/telemetry/metrics';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { describeWith } from '../servers/available.ts';
import { createDatabase } from '../servers/postgres.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const ACCOUNT = `AC${'0'.repeat(32)}`;
describeWith('postgres', (server) => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let pool: Pool;
  const relays: OutboxRelay[] = [];

  beforeEach(async () => {
    database = await createDatabase(server.url);
    pool = openPool({ url: database.url, max: 20, applicationName: 'outbox test', logger });
    await migrate(pool, messagingSchema);
  });
  afterEach(async () => {
    await Promise.all(relays.splice(0).map((relay) => relay.close()));
    await pool.end();
    await database.drop();
  });

  /** The n-th event of a call. */
  function event(call: number, n: number): OnrecordEvent {
    const time = '2026-11-21T10:00:00Z';
    const callSid = `CA${call.toString(16).padStart(32, '0')}`;
    return createEvent(
      callStatusChanged,
      { accountSid: ACCOUNT, callSid, status: `s${n}`, occurredAt: time, parameters: {} },
      { time },
    );
  }
  const store = (...events: OnrecordEvent[]) => inTransaction(pool, (client) => appendToOutbox(client, events));
  const waiting = async () =>
    (await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM messaging.outbox')).rows[0]?.n;

  /** What was published, and a way to make publishing fail. */
  function fakeLog() {
    const log = {
      published: [] as string[],
      fault: undefined as ((event: OnrecordEvent) => Error | undefined) | undefined,
      publish: async (events: readonly OnrecordEvent[]) => {
        await new Promise(setImmediate);
        for (const each of events) {
          const error = log.fault?.(each);
          if (error) throw error;
        }
        log.published.push(...events.map(({ id }) => id));
      },
      ofCall: (call: number) => log.published.filter((id) => id.startsWith(event(call, 0).id.slice(0, -2))),
    };
    return log;
  }
  function relayTo(publisher: OutboxRelayOptions['publisher'], limits: Partial<OutboxRelayOptions> = {}) {
    const metrics = createMetrics('test');
    const relay = startOutboxRelay({
      pool,
      publisher,
      logger,
      metrics,
      retryDelayMs: 10,
      retryDelayMaxMs: 40,
      ...limits,
    });
    relays.push(relay);
    return { ...relay, metrics };
  }
  const ids = (call: number, count: number) => Array.from({ length: count }, (_, n) => event(call, n).id);

  describe('the outbox', () => {
    test('publishes what is committed, soon and without being told to, and then forgets it', async () => {
      const log = fakeLog();
      relayTo(log, { pollIntervalMs: 3_600_000 });
      await store(event(1, 0), event(1, 1));
      await vi.waitUntil(() => log.published.length === 2);
      expect(log.published).toEqual(ids(1, 2));
      await vi.waitUntil(async () => (await waiting()) === 0);
    });

    test('publishes nothing of a transaction that is rolled back', async () => {
      const log = fakeLog();
      relayTo(log);
      const failing = inTransaction(pool, async (client) => {
        await appendToOutbox(client, [event(1, 0)]);
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      await store(event(2, 0));
      await vi.waitUntil(() => log.published.length > 0);
      expect(log.published).toEqual(ids(2, 1));
    });

    test('keeps the order in which transactions committed, key by key, with several relays and many writers', async () => {
      const log = fakeLog();
      for (let n = 0; n < 3; n += 1) relayTo(log, { batchMax: 7 });
      const committed: string[] = [];
      await pool.query('CREATE TABLE calls (call int PRIMARY KEY, n int NOT NULL)');
      await pool.query('INSERT INTO calls SELECT call, 0 FROM generate_series(0, 3) AS call');
      await Promise.all(
        Array.from({ length: 60 }, (_, n) =>
          inTransaction(pool, async (client) => {
            const { rows } = await client.query<{ n: number }>(
              'UPDATE calls SET n = n + 1 WHERE call = $1 RETURNING n - 1 AS n',
              [n % 4],
            );
            const next = event(n % 4, rows[0]?.n ?? -1);
            await appendToOutbox(client, [next]);
            committed.push(next.id);
          }),
        ),
      );
      await vi.waitUntil(() => log.published.length >= committed.length);
      for (const call of [0, 1, 2, 3]) expect(log.ofCall(call)).toEqual(ids(call, 15));
    });

    test('makes writers of one key wait for each other, so that the earlier position is committed first', async () => {
      const log = fakeLog();
      relayTo(log);
      const first = await pool.connect();
      await first.query('BEGIN');
      await appendToOutbox(first, [event(1, 0)]);
      const second = store(event(1, 1));
      await store(event(2, 0));
      await vi.waitUntil(() => log.published.length === 1);
      await first.query('COMMIT');
      first.release();
      await second;
      await vi.waitUntil(() => log.published.length === 3);
      expect(log.published).toEqual([event(2, 0).id, ...ids(1, 2)]);
    });

    test('loses nothing while the event log is out of reach', async () => {
      const log = fakeLog();
      log.fault = () => new EventLogUnavailableError('no');
      const { metrics } = relayTo(log);
      await store(event(1, 0));
      await store(event(2, 0), event(1, 1));
      await vi.waitUntil(async () => /onrecord_outbox_failures_total\S* [2-9]/.test(await metrics.metrics()));
      expect(await waiting()).toBe(3);
      log.fault = undefined;
      await vi.waitUntil(() => log.published.length === 3);
      expect(log.ofCall(1)).toEqual(ids(1, 2));
    });

    test('an event that is refused holds back its own key and no other, and is tried again', async () => {
      const log = fakeLog();
      const refused = event(1, 1).id;
      log.fault = ({ id }) => (id === refused ? new Error('too large') : undefined);
      relayTo(log);
      await store(event(1, 0), event(1, 1), event(1, 2), event(2, 0));
      await vi.waitUntil(() => log.published.length === 2);
      await store(event(2, 1));
      await vi.waitUntil(() => log.published.length === 3);
      expect([log.ofCall(1), log.ofCall(2)]).toEqual([ids(1, 1), ids(2, 2)]);
      log.fault = undefined;
      await vi.waitUntil(() => log.published.length === 5);
      expect(log.ofCall(1)).toEqual(ids(1, 3));
    });

    test('is relayed by another when a relay dies in the middle of its batch', async () => {
      const log = fakeLog();
      const stuck = Promise.withResolvers<void>();
      const hanging = { publish: vi.fn(() => stuck.promise) };
      const dying = openPool({ url: database.url, max: 3, applicationName: 'dying', logger });
      const dead = startOutboxRelay({ pool: dying, publisher: hanging, logger, metrics: createMetrics('dying') });
      await store(event(1, 0));
      await vi.waitUntil(() => hanging.publish.mock.calls.length === 1);
      relayTo(log, { pollIntervalMs: 50 });
      await store(event(1, 1));
      expect(log.published).toEqual([]);
      await pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dying'`);
      await vi.waitUntil(() => log.published.length === 2);
      expect(log.published).toEqual(ids(1, 2));
      stuck.reject(new Error('too late'));
      await dead.close();
      await dying.end();
    });

    test('goes on after the server broke its connections', async () => {
      const log = fakeLog();
      const { metrics } = relayTo(log);
      await store(event(1, 0));
      await vi.waitUntil(() => log.published.length === 1);
      await pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'outbox test' AND pid <> pg_backend_pid()`,
      );
      await store(event(1, 1));
      await vi.waitUntil(() => log.ofCall(1).length >= 2);
      expect(await metrics.metrics()).toMatch(/onrecord_outbox_oldest_age_seconds\S* /);
    });
  });

  describe('processed events', () => {
    const mark = (group: string, each: OnrecordEvent) =>
      inTransaction(pool, (client) => markProcessed(client, group, each));

    test('an event is new to each group once', async () => {
      expect([await mark('a', event(1, 0)), await mark('a', event(1, 0)), await mark('b', event(1, 0))]).toEqual([
        true,
        false,
        true,
      ]);
    });

    test('an event whose transaction was rolled back is new again', async () => {
      const failing = inTransaction(pool, async (client) => {
        await markProcessed(client, 'a', event(1, 0));
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect(await mark('a', event(1, 0))).toBe(true);
    });

    test('of two transactions at the same event one is told that it is new', async () => {
      const outcomes = await Promise.all(Array.from({ length: 6 }, () => mark('a', event(1, 0))));
      expect(outcomes.filter(Boolean)).toHaveLength(1);
    });

    test('are forgotten after their time', async () => {
      await Promise.all([mark('a', event(1, 0)), mark('a', event(2, 0))]);
      await pool.query(
        `UPDATE messaging.processed_events SET processed_at = now() - interval '2 hours' WHERE id = $1`,
        [event(1, 0).id],
      );
      expect(await pruneProcessed(pool, 3_600_000)).toBe(1);
      expect([await mark('a', event(1, 0)), await mark('a', event(2, 0))]).toEqual([true, false]);
    });
  });
});
