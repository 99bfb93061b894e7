import {
  type EventLog,
  EventLogUnavailableError,
  type StoredRecord,
  type Subscription,
  type SubscriptionListener,
  type TopicSpec,
} from '@onrecord/shared/event-log/port';
import type { PostgresEventLogLimits } from '@onrecord/shared/event-log/postgres/limits';
import { openPostgresEventLog } from '@onrecord/shared/event-log/postgres/open';
import { trim } from '@onrecord/shared/event-log/postgres/trim';
import { openPool, type Pool } from '@onrecord/shared/postgres/pool';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { describeWith } from '../servers/available.ts';
import { createDatabase } from '../servers/postgres.ts';
import { startFrozenMember } from './frozen-member.ts';
import { startStallingProxy } from './stalling-proxy.ts';

const logger = createLogger({ service: 'test', level: (process.env.TEST_LOG as 'silent') ?? 'silent' });
/** Nothing here asserts a time; short ones only keep the tests short. */
const FAST: Partial<PostgresEventLogLimits> = {
  heartbeatIntervalMs: 200,
  leaseMs: 5_000,
  sessionGraceMs: 500,
  pollIntervalMs: 500,
  retryDelayMs: 50,
};

describeWith('postgres', (server) => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let pool: Pool;
  const logs: EventLog[] = [];

  beforeEach(async () => {
    database = await createDatabase(server.url);
    pool = openPool({ url: database.url, max: 5, applicationName: 'test', logger });
  });
  afterEach(async () => {
    await Promise.all(logs.splice(0).map((log) => log.close()));
    await pool.end();
    await database.drop();
  });

  async function openLog(limits: Partial<PostgresEventLogLimits> = FAST, clientId = 'test log') {
    const log = await openPostgresEventLog({ url: database.url, logger, limits, clientId });
    logs.push(log);
    return log;
  }

  const topic = (name: string, partitions = 1, retentionMs = 3_600_000): TopicSpec => ({
    name,
    partitions,
    replicationFactor: 1,
    minInSyncReplicas: 1,
    retentionMs,
  });
  const record = (key: string, text = '', topicName = 't') => ({
    topic: topicName,
    key,
    value: Buffer.from(text),
    headers: {},
  });

  interface Reader extends SubscriptionListener {
    records: StoredRecord[];
    failures: Error[];
  }
  const reader = (): Reader => {
    const records: StoredRecord[] = [];
    const failures: Error[] = [];
    return {
      records,
      failures,
      onRecords: (some) => void records.push(...some),
      onRevoking: async () => undefined,
      onFailure: (error) => void failures.push(error),
    };
  };
  const join = async (log: EventLog, listener: SubscriptionListener = reader(), group = 'g'): Promise<Subscription> =>
    log.subscribe({ group, topics: ['t'], listener });
  const textsOf = ({ records }: Reader) => records.map(({ value }) => Buffer.from(value).toString());

  describe('the order of offsets', () => {
    test('is the order of commits: a reader never passes by a record that is committed later', async () => {
      const [log, ...appenders] = await Promise.all([openLog(), openLog(), openLog(), openLog()]);
      await log.ensureTopics([topic('t', 3)]);
      const listener = reader();
      await join(log, listener);
      const [writers, rounds] = [8, 40];
      await Promise.all(
        Array.from({ length: writers }, async (_, writer) => {
          for (let round = 0; round < rounds; round += 1) {
            const batch = Array.from({ length: 1 + (round % 7) }, (_, n) =>
              record(`key ${(writer * 31 + round + n) % 11}`, `${writer}/${round}/${n}`),
            );
            await appenders[writer % appenders.length]?.append(batch);
          }
        }),
      );
      const { rows } = await pool.query(
        'SELECT partition_id, record_offset FROM event_log.records ORDER BY partition_id, record_offset',
      );
      await vi.waitUntil(() => listener.records.length >= rows.length);
      expect(new Set(textsOf(listener)).size).toBe(rows.length);
      for (const partition of [0, 1, 2]) {
        const offsets = listener.records.filter((each) => each.partition === partition).map(({ offset }) => offset);
        expect(offsets).toEqual(offsets.map((_, index) => BigInt(index)));
      }
    });

    test('records of a key that one writer appends one after the other stay in their order', async () => {
      const log = await openLog();
      await log.ensureTopics([topic('t', 4)]);
      const listener = reader();
      await join(log, listener);
      for (let n = 0; n < 50; n += 1) await log.append([record('a', `a${n}`), record('b', `b${n}`)]);
      await vi.waitUntil(() => listener.records.length >= 100);
      expect(textsOf(listener).filter((text) => text.startsWith('a'))).toEqual(
        Array.from({ length: 50 }, (_, n) => `a${n}`),
      );
    });

    test('a transaction that holds a partition up does not let later records overtake', async () => {
      const log = await openLog();
      await log.ensureTopics([topic('t')]);
      const listener = reader();
      await join(log, listener);
      const client = await pool.connect();
      await client.query('BEGIN; SELECT FROM event_log.partitions FOR UPDATE');
      const appended = log.append([record('a', 'later')]);
      await client.query(
        `INSERT INTO event_log.records SELECT id, next_offset, 'k', 'earlier', '{}' FROM event_log.partitions`,
      );
      await client.query('UPDATE event_log.partitions SET next_offset = next_offset + 1; COMMIT');
      client.release();
      await appended;
      await vi.waitUntil(() => listener.records.length >= 2);
      expect(textsOf(listener)).toEqual(['earlier', 'later']);
    });
  });

  describe('a member that does not answer any more', () => {
    test('loses its partitions when its lease is over, and its commits count no more', async () => {
      const log = await openLog();
      await log.ensureTopics([topic('t')]);
      await log.append([record('a', 'one')]);
      const frozen = await startFrozenMember({ url: database.url, group: 'g', topic: 't', limits: FAST });
      const heir = reader();
      const subscription = await join(log, heir);
      await vi.waitUntil(() => heir.records.length >= 1);
      await subscription.commit({ topic: 't', partition: 0 }, 1n);
      expect(await frozen.thawAndCommit(7n)).toBe('PartitionLostError');
      const { rows } = await pool.query('SELECT next_offset FROM event_log.claims');
      expect(rows).toEqual([{ next_offset: 1n }]);
      await frozen.end();
    });

    test('whose connection is gone is dead before its lease is over', async () => {
      const limits = { ...FAST, leaseMs: 3_600_000 };
      const log = await openLog(limits);
      await log.ensureTopics([topic('t')]);
      const ghost = '00000000-0000-4000-8000-000000000000';
      await pool.query(`INSERT INTO event_log.groups VALUES ('g', now())`);
      await pool.query(
        `INSERT INTO event_log.members VALUES ($1, 'g', '{t}', now(), now() + interval '1 hour', 1, now())`,
        [ghost],
      );
      await pool.query(
        `INSERT INTO event_log.claims (group_name, partition_id, epoch, member) SELECT 'g', id, 1, $1 FROM event_log.partitions`,
        [ghost],
      );
      await log.append([record('a', 'one')]);
      const listener = reader();
      await join(log, listener);
      await vi.waitUntil(() => listener.records.length >= 1);
    });

    test('lives on when the server breaks its connections', async () => {
      const log = await openLog({ ...FAST, leaseMs: 60_000 }, 'survivor');
      await log.ensureTopics([topic('t')]);
      const listener = { ...reader(), onRevoking: vi.fn(async () => undefined) };
      const subscription = await join(log, listener);
      for (let round = 0; round < 3; round += 1) {
        await pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'survivor'`);
        await vi.waitUntil(() =>
          log.append([record('a', String(round))]).then(
            () => true,
            () => false,
          ),
        );
        await vi.waitUntil(() => listener.records.some(({ value }) => Buffer.from(value).toString() === String(round)));
      }
      await vi.waitUntil(() =>
        subscription.commit({ topic: 't', partition: 0 }, 3n).then(
          () => true,
          () => false,
        ),
      );
      expect(listener.onRevoking).not.toHaveBeenCalled();
      expect(listener.failures).toEqual([]);
    });
  });

  describe('a network that swallows everything', () => {
    test('fails appends, commits and pings as unavailable, and the subscription goes on when it is back', async () => {
      const proxy = await startStallingProxy(database.url);
      const limits = { ...FAST, answerTimeoutMs: 2_000, leaseMs: 60_000 };
      const log = await openPostgresEventLog({ url: proxy.url, logger, limits });
      logs.push(log);
      await log.ensureTopics([topic('t')]);
      const listener = reader();
      const subscription = await join(log, listener);
      proxy.stall();
      await expect(log.append([record('a', 'lost')])).rejects.toThrow(EventLogUnavailableError);
      await expect(subscription.commit({ topic: 't', partition: 0 }, 0n)).rejects.toThrow(EventLogUnavailableError);
      await expect(log.ping()).rejects.toThrow(EventLogUnavailableError);
      proxy.heal();
      await vi.waitUntil(() =>
        log.append([record('a', 'kept')]).then(
          () => true,
          () => false,
        ),
      );
      await vi.waitUntil(() => textsOf(listener).includes('kept'));
      await vi.waitUntil(() =>
        subscription.commit({ topic: 't', partition: 0 }, 1n).then(
          () => true,
          () => false,
        ),
      );
      expect(listener.failures).toEqual([]);
      await log.close();
      await proxy.stop();
    });
  });

  describe('a lasting outage', () => {
    test('ends the subscription with a failure, once, and appends as unavailable', async () => {
      const log = await openLog({ ...FAST, outageMaxMs: 2_000, answerTimeoutMs: 2_000 });
      await log.ensureTopics([topic('t')]);
      const listener = reader();
      await join(log, listener);
      const admin = openPool({ url: server.url, max: 1, applicationName: 'admin', logger });
      const name = new URL(database.url).pathname.slice(1);
      await pool.end();
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
      await vi.waitUntil(() => listener.failures.length > 0);
      await expect(log.append([record('a')])).rejects.toThrow(EventLogUnavailableError);
      await expect(log.ping()).rejects.toThrow(EventLogUnavailableError);
      expect(listener.failures).toHaveLength(1);
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      await admin.end();
      pool = openPool({ url: database.url, max: 5, applicationName: 'test', logger });
    });
  });

  describe('trimming', () => {
    const limits = { trimBatch: 10, groupForgottenAfterMs: 3_600_000 };
    const age = () => pool.query(`UPDATE event_log.records SET appended_at = appended_at - interval '2 hours'`);
    const count = async () =>
      (await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM event_log.records')).rows[0]?.n;

    test('deletes what is past its retention, in batches, and keeps the rest', async () => {
      const log = await openLog();
      await log.ensureTopics([topic('t', 2)]);
      await log.append(Array.from({ length: 35 }, (_, n) => record(`k${n}`)));
      await age();
      await log.append([record('a', 'new')]);
      expect(await trim(pool, limits)).toBe(35);
      expect(await count()).toBe(1);
      expect(await trim(pool, limits)).toBe(0);
    });

    test('never deletes what a group has not committed, until the group is forgotten', async () => {
      const log = await openLog();
      await log.ensureTopics([topic('t')]);
      await log.append(Array.from({ length: 5 }, () => record('a')));
      await age();
      const [quick, slow] = [await join(log, reader(), 'quick'), await join(log, reader(), 'slow')];
      await quick.commit({ topic: 't', partition: 0 }, 5n);
      expect(await trim(pool, limits)).toBe(0);
      await slow.commit({ topic: 't', partition: 0 }, 3n);
      expect(await trim(pool, limits)).toBe(3);
      await slow.close();
      await pool.query(`UPDATE event_log.groups SET seen_at = now() - interval '2 hours' WHERE name = 'slow'`);
      expect(await trim(pool, limits)).toBe(2);
    });
  });
});
