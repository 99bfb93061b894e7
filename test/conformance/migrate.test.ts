import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messagingSchema } from '@onrecord/shared/postgres/messaging-schema';
import { migrate } from '@onrecord/shared/postgres/migrate';
import { MigrationError } from '@onrecord/shared/postgres/migration-files';
import { inTransaction, openPool, type Pool } from '@onrecord/shared/postgres/pool';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeWith } from '../servers/available.ts';
import { createDatabase } from '../servers/postgres.ts';

describeWith('postgres', (server) => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let pool: Pool;
  let directory: string;

  const open = () =>
    openPool({
      url: database.url,
      max: 5,
      applicationName: 'test',
      logger: createLogger({ service: 'test', level: 'silent' }),
    });
  const write = (name: string, sql: string) => writeFile(join(directory, name), sql);
  const run = (component = 'ledger') => migrate(pool, { component, directory });
  const tables = async () =>
    (
      await pool.query<{ name: string }>(
        `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
      )
    ).rows
      .map(({ name }) => name)
      .filter((name) => name !== 'onrecord_migrations');

  beforeEach(async () => {
    database = await createDatabase(server.url);
    pool = open();
    directory = await mkdtemp(join(tmpdir(), 'onrecord-migrations-'));
  });
  afterEach(async () => {
    await pool.end();
    await database.drop();
    await rm(directory, { recursive: true });
  });

  describe('migrating', () => {
    test('applies each file once, in order, and later ones later', async () => {
      await write('0001-a.sql', 'CREATE TABLE a (n int)');
      await run();
      await write('0002-b.sql', 'ALTER TABLE a ADD m int; CREATE TABLE b ()');
      await run();
      await run();
      expect(await tables()).toEqual(['a', 'b']);
    });

    test('keeps components apart', async () => {
      await write('0001-a.sql', 'CREATE TABLE IF NOT EXISTS a ()');
      await run('one');
      await run('two');
      const { rows } = await pool.query('SELECT component, version, name FROM onrecord_migrations ORDER BY component');
      expect(rows).toEqual([
        { component: 'one', version: 1, name: '0001-a.sql' },
        { component: 'two', version: 1, name: '0001-a.sql' },
      ]);
    });

    test('several services may start at once', async () => {
      await write('0001-a.sql', 'SELECT pg_sleep(0.1); CREATE TABLE a ()');
      const pools = Array.from({ length: 4 }, open);
      await Promise.all(pools.map((each) => migrate(each, { component: 'ledger', directory })));
      expect(await tables()).toEqual(['a']);
      await Promise.all(pools.map((each) => each.end()));
    });

    test('a failure leaves nothing half-done, names the file, and can be repaired', async () => {
      await write('0001-a.sql', 'CREATE TABLE a ()');
      await write('0002-b.sql', 'CREATE TABLE b (); SELECT 1 / 0');
      await expect(run()).rejects.toThrow(/0002-b\.sql failed and nothing was changed: division by zero/);
      expect(await tables()).toEqual([]);
      await write('0002-b.sql', 'CREATE TABLE b ()');
      await run();
      expect(await tables()).toEqual(['a', 'b']);
    });

    test('a database that is newer than the program is refused and left alone', async () => {
      await write('0001-a.sql', 'CREATE TABLE a ()');
      await write('0002-b.sql', 'CREATE TABLE b ()');
      await run();
      await rm(join(directory, '0002-b.sql'));
      await expect(run()).rejects.toThrow(
        /"ledger" are at version 2 \(0002-b\.sql\) and this program knows 1: start the newer program/,
      );
      expect(await tables()).toEqual(['a', 'b']);
    });

    test('a file that was changed after it was applied is refused; other line ends are no change', async () => {
      await write('0001-a.sql', 'CREATE TABLE a ();\nCREATE TABLE b ();\n');
      await run();
      await write('0001-a.sql', 'CREATE TABLE a ();\r\nCREATE TABLE b ();\r\n');
      await run();
      await write('0001-a.sql', 'CREATE TABLE other ()');
      await expect(run()).rejects.toThrow(/0001-a\.sql is not what the database had applied/);
    });

    test.each(['1-a.sql', '0002-a.sql', '0001_a.sql'])('a file named %s is refused', async (name) => {
      await write(name, 'SELECT 1');
      await expect(run()).rejects.toThrow(MigrationError);
      await expect(run()).rejects.toThrow(/should be named 0001-what-it-does\.sql/);
    });

    test('the tables of messaging can be made', async () => {
      await migrate(pool, messagingSchema);
      expect((await pool.query('SELECT FROM messaging.outbox')).rowCount).toBe(0);
    });
  });

  describe('a transaction', () => {
    beforeEach(() => pool.query('CREATE TABLE counter (n bigint); INSERT INTO counter VALUES (0)'));
    const value = async () => (await pool.query<{ n: bigint }>('SELECT n FROM counter')).rows[0]?.n;

    test('is rolled back when its work throws', async () => {
      const failing = inTransaction(pool, async (client) => {
        await client.query('UPDATE counter SET n = 1');
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect(await value()).toBe(0n);
    });

    test('is begun again after a serialization failure, until all have gone through', async () => {
      const increment = () =>
        inTransaction(
          pool,
          async (client) => {
            const { rows } = await client.query<{ n: bigint }>('SELECT n FROM counter');
            await client.query('UPDATE counter SET n = $1', [(rows[0]?.n ?? 0n) + 1n]);
          },
          { isolation: 'serializable', attemptsMax: 50 },
        );
      await Promise.all(Array.from({ length: 8 }, increment));
      expect(await value()).toBe(8n);
    });

    test('is not begun again for ever', async () => {
      let attempts = 0;
      const colliding = inTransaction(
        pool,
        async (client) => {
          attempts += 1;
          await client.query(`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = 'serialization_failure'; END $$`);
        },
        { attemptsMax: 3 },
      );
      await expect(colliding).rejects.toThrow('again');
      expect(attempts).toBe(3);
    });

    test('that lost its work to a swallowed error does not pass for committed', async () => {
      const swallowing = inTransaction(pool, async (client) => {
        await client.query('UPDATE counter SET n = 1');
        await client.query('SELECT 1 / 0').catch(() => undefined);
      });
      await expect(swallowing).rejects.toThrow(/was rolled back/);
      expect(await value()).toBe(0n);
    });

    test('whose connection breaks fails, and the pool goes on', async () => {
      const broken = inTransaction(pool, async (client) => {
        const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
        await pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
        await client.query('UPDATE counter SET n = 1');
      });
      await expect(broken).rejects.toThrow();
      expect(await value()).toBe(0n);
    });
  });
});
