import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, chown, cp, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { findPostmaster, isRunning, stopPostmaster } from './postmaster.ts';
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './start.ts';

const TIMEOUT_MS = 60_000;
/** Nothing here makes a user. */
const mayBePostgres = process.getuid?.() === 0 && /^_?postgres:/m.test(readFileSync('/etc/passwd', 'utf8'));
const silent = { info: () => undefined, warn: () => undefined };
let dataDir: string;
const servers: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

/** A database as a first start leaves it: copying takes less time than making. */
let made: string;
beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'onrecord-embedded-'));
  await (await startEmbeddedPostgres({ dataDir: made, logger: silent })).stop();
}, TIMEOUT_MS);
afterAll(() => rm(made, { recursive: true }));
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'onrecord-embedded-'));
  await cp(made, dataDir, { recursive: true });
});
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  const left = await findPostmaster(cluster());
  if (left) await stopPostmaster(left);
  await rm(dataDir, { recursive: true, force: true });
}, TIMEOUT_MS);

async function start(options: Partial<EmbeddedPostgresOptions> = {}) {
  const server = await startEmbeddedPostgres({ dataDir, logger: silent, ...options });
  servers.push(server);
  return server;
}

/** Another process that starts it and stays. */
async function startInAnotherProcess(): Promise<ChildProcess & { url: string }> {
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(new URL('./start.ts', import.meta.url).href)};
    const log = { info() {}, warn() {} };
    const { url } = await startEmbeddedPostgres({ dataDir: process.argv[1], logger: log });
    process.on('SIGINT', () => process.stdout.write('SIGINT'));
    process.stdout.write(url);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  children.push(child);
  const [url] = await once(child.stdout, 'data');
  return Object.assign(child, { url: String(url) });
}

async function query(url: string, text: string) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const cluster = () => join(dataDir, 'postgres/cluster');
const postmaster = async () => {
  const found = await findPostmaster(cluster());
  if (!found) throw new Error('no server runs');
  return found.pid;
};
async function kill(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

describe('the embedded Postgres', { timeout: TIMEOUT_MS }, () => {
  test('keeps its data and its address over a restart, and leaves no process', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE t AS SELECT 42 AS n');
    const pid = await postmaster();
    await first.stop();
    expect(await isRunning(pid)).toBe(false);
    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT n FROM t')).toEqual([{ n: 42 }]);
  });

  test('asks for its password, which only its owner can read, and listens on this machine alone', async () => {
    const { url } = await start();
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    expect((await stat(join(dataDir, 'postgres/password'))).mode & 0o777).toBe(0o600);
    expect(await query(url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await query(url, 'SHOW password_encryption')).toEqual([{ password_encryption: 'scram-sha-256' }]);
  });

  test('a second start on the same folder is refused, and the first goes on', async () => {
    const first = await startInAnotherProcess();
    await expect(start()).rejects.toThrow(`the data folder ${dataDir} is in use by process ${first.pid}:`);
    expect(await query(first.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  test('outlives a process that is killed, and the next start takes it over with everything in it', async () => {
    const killed = await startInAnotherProcess();
    await query(killed.url, 'CREATE TABLE t AS SELECT 42 AS n');
    const pid = await postmaster();
    await kill(killed);
    const next = await start();
    expect(await postmaster()).toBe(pid);
    expect(await query(next.url, 'SELECT n FROM t')).toEqual([{ n: 42 }]);
    await next.stop();
    expect(await isRunning(pid)).toBe(false);
  });

  test('does not hear the Ctrl-C that its process hears', async () => {
    const child = await startInAnotherProcess();
    const heard = once(child.stdout as NodeJS.ReadableStream, 'data');
    process.kill(-(child.pid ?? 0), 'SIGINT');
    await heard;
    expect(await query(child.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    await kill(child);
    await start();
  });

  test('recovers what was committed when the server itself was killed', async () => {
    const killed = await startInAnotherProcess();
    await query(killed.url, 'CREATE TABLE t AS SELECT 42 AS n');
    process.kill(await postmaster(), 'SIGKILL');
    await kill(killed);
    expect(await query((await start()).url, 'SELECT n FROM t')).toEqual([{ n: 42 }]);
  });

  test('is not put off by a pid file whose pid belongs to another process now', async () => {
    const first = await start();
    const pidFile = await readFile(join(cluster(), 'postmaster.pid'), 'utf8');
    await first.stop();
    await writeFile(join(cluster(), 'postmaster.pid'), pidFile.replace(/^\d+/, String(process.pid)));
    await start();
  });

  test('clears away what an interrupted first start has left', async () => {
    await rename(cluster(), join(dataDir, 'postgres/cluster.partial-1234'));
    await start();
    await expect(stat(join(dataDir, 'postgres/cluster.partial-1234'))).rejects.toThrow('ENOENT');
  });

  test('shows the last words of a server that does not come up, and gives the folder free', async () => {
    await rm(join(cluster(), 'global/pg_control'));
    await expect(start()).rejects.toThrow(/did not start; the end of .*server\.log:\n[\s\S]*pg_control/);
    await expect(start()).rejects.toThrow(/did not start/);
  });

  // A backup that was restored with the rights of its folder was told in Postgres's words, without a remedy.
  test('names the remedy when others may read its data', async () => {
    await chmod(cluster(), 0o777);
    await expect(start()).rejects.toThrow(`as after a restore: chmod 700 ${cluster()}`);
    await chmod(cluster(), 0o700);
    await start();
  });

  test('names the password file when that is gone', async () => {
    await rm(join(dataDir, 'postgres/password'));
    await expect(start()).rejects.toThrow(/postgres\/password is missing: restore it/);
  });

  test('takes another port when its own is taken, unless it was asked for', async () => {
    const first = await start();
    await first.stop();
    const port = Number(new URL(first.url).port);
    const squatter = createServer().listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    await expect(start({ port })).rejects.toThrow(`port ${port} for the embedded Postgres is in use`);
    expect(new URL((await start()).url).port).not.toBe(String(port));
    squatter.close();
  });

  test('tells when the server ends by itself', async () => {
    const onExit = vi.fn();
    await start({ onExit });
    process.kill(await postmaster(), 'SIGKILL');
    await vi.waitUntil(() => onExit.mock.calls.length > 0);
    expect(onExit.mock.calls[0]?.[0].message).toMatch(/has ended \(.*\): start again, .* its log is /);
  });

  test.runIf(mayBePostgres)(
    'runs as the postgres user where root may make no user namespaces, and says so',
    async () => {
      await rm(join(dataDir, 'postgres'), { recursive: true });
      const reachableDir = await mkdtemp(join(tmpdir(), 'onrecord-reachable-'));
      await Promise.all([chmod(dataDir, 0o700), chmod(reachableDir, 0o755)]);
      const first = await start({ unshare: 'no-such-program', reachableDir });
      expect(first.notice).toMatch(/it runs as the user postgres, who cannot reach .*; its data is in /);
      await query(first.url, 'CREATE TABLE t AS SELECT 42 AS n');
      await first.stop();
      const second = await start({ reachableDir });
      expect(await query(second.url, 'SELECT n FROM t')).toEqual([{ n: 42 }]);
      await second.stop();
      await rm(reachableDir, { recursive: true });
    },
  );

  test.runIf(mayBePostgres)(
    'a database that root made stays its own when no user namespace could be had once, as after a Ctrl-C',
    async () => {
      const folder = join(dataDir, 'postgres');
      await expect(start({ unshare: 'false' })).rejects.toThrow(/belongs to root.*start again/);
      await expect(start({ unshare: 'false', signal: AbortSignal.abort() })).rejects.toThrow(/aborted/);
      expect((await stat(folder)).uid).toBe(0);
      // As earlier versions left it.
      await chown(folder, 1, 1);
      const { url } = await start();
      expect(await query(url, 'SELECT 42 AS n')).toEqual([{ n: 42 }]);
    },
  );
});
