import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@onrecord/standalone/embedded-postgres/start';
import pg from 'pg';
import { ServerUnavailableError } from './unavailable.ts';

const silent = { info: () => undefined, warn: () => undefined };

/** Runs when the process that started it is gone, however it went: its standard input ends then. */
const CLEAN_UP = `
cat >/dev/null
kill -QUIT "$(head -n 1 "$1/postgres/cluster/postmaster.pid" 2>/dev/null)" 2>/dev/null
while [ -e "$1/postgres/cluster/postmaster.pid" ] && [ "\${tries:=0}" -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
rm -rf "$1"
`;

/**
 * A Postgres of its own on a temporary folder, with fsync as in production.
 * @throws ServerUnavailableError when it does not run on this machine
 */
export async function startPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'onrecord-postgres-'));
  const cleaner = spawn('sh', ['-c', CLEAN_UP, 'clean-up', dataDir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  cleaner.unref();
  // The pipe alone would keep this process alive.
  (cleaner.stdin as unknown as { unref(): void }).unref();
  try {
    const server = await startEmbeddedPostgres({ dataDir, logger: silent });
    const stop = async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
      cleaner.stdin.destroy();
    };
    return { url: server.url, stop };
  } catch (error) {
    cleaner.stdin.destroy();
    throw new ServerUnavailableError(`Postgres does not start: ${(error as Error).message}`, { cause: error });
  }
}

/** A new, empty database on the server of `url`, so that suites do not see each other. */
export async function createDatabase(url: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(url, `CREATE DATABASE ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return { url: own.href, drop: () => administer(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
