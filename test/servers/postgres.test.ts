import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, startPostgres } from './postgres.ts';

let server: Awaited<ReturnType<typeof startPostgres>>;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server.stop());

async function query(url: string, text: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test('it is a Postgres 18 that keeps what was committed through a loss of power', async () => {
  expect(await query(server.url, "SELECT current_setting('server_version_num')::int / 10000 AS major")).toEqual([
    { major: 18 },
  ]);
  expect(await query(server.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
});

test('databases are isolated from each other, and dropped while somebody is connected', async () => {
  const [first, second] = [await createDatabase(server.url), await createDatabase(server.url)];
  await query(first.url, 'CREATE TABLE t ()');
  await expect(query(second.url, 'SELECT * FROM t')).rejects.toThrow(/does not exist/);
  const connected = new pg.Client({ connectionString: first.url });
  connected.on('error', () => undefined);
  await connected.connect();
  await first.drop();
  await expect(query(first.url, 'SELECT 1')).rejects.toThrow(/does not exist/);
  await second.drop();
});
