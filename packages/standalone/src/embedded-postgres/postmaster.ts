import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serverEnvironment } from './cluster.ts';
import type { Place } from './place.ts';
import { commandLine, processIdentity } from './process-identity.ts';
import { commandFor } from './run-as.ts';

/** A running server. It may have been started by an earlier process, so it is known by its pid alone. */
export interface Postmaster {
  pid: number;
  port: number;
}

/**
 * Starts a server on the cluster and does not wait for it. It is in a process group and session of its own: Ctrl-C in the terminal
 * does not reach it, and it outlives us when we are killed.
 */
export function spawnPostmaster(place: Place, clusterFolder: string, port: number, log: number): Promise<Postmaster> {
  const { file, args, options } = commandFor(place.runAs, place.binaries.postgres, [
    '-D',
    clusterFolder,
    ...Object.entries(SERVER_SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    '-c',
    `port=${port}`,
  ]);
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      ...options,
      cwd: place.folder,
      env: serverEnvironment(),
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child.once('error', reject);
    child.once('spawn', () => {
      child.unref();
      resolve({ pid: child.pid ?? 0, port });
    });
  });
}

const SERVER_SETTINGS = {
  listen_addresses: '127.0.0.1',
  // The path of a socket may have 107 bytes; folders are longer.
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  // Each service's pool and its listening connections, and room for a person with psql.
  max_connections: 100,
  // Details may quote values, such as telephone numbers.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
};

/** The server that `postmaster.pid` names, when it runs on this cluster. A pid file whose process is gone, or another, is removed. */
export async function findPostmaster(clusterFolder: string): Promise<Postmaster | undefined> {
  const path = join(clusterFolder, 'postmaster.pid');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // Lines: pid, data folder, start time, port, … Source: PostgreSQL src/include/utils/pidfile.h.
  const lines = text.split('\n');
  const pid = Number.parseInt(lines[0] ?? '', 10);
  if (pid > 0 && (await isServerOf(pid, clusterFolder))) return { pid, port: Number.parseInt(lines[3] ?? '', 10) || 0 };
  await rm(path, { force: true });
  return undefined;
}

/** A pid is used again for other processes; a server names its folder in its command line. */
async function isServerOf(pid: number, clusterFolder: string): Promise<boolean> {
  return (await commandLine(pid)).includes(` -D ${clusterFolder} `) && (await isRunning(pid));
}

export const isRunning = async (pid: number) => (await processIdentity(pid)) !== undefined;

/** How long each way of asking is given, in milliseconds. A fast shutdown writes a checkpoint: seconds on a slow disk. */
const STOP_SIGNALS = [
  { signal: 'SIGINT', waitMs: 30_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
] as const;
const POLL_MS = 10;

/**
 * Stops the server: by a fast shutdown if it can (transactions are rolled back, connections closed), else harder. What was
 * committed is safe in each case. Source: PostgreSQL documentation, "Shutting Down the Server".
 */
export async function stopPostmaster({ pid }: Postmaster): Promise<void> {
  const identity = await processIdentity(pid);
  if (identity === undefined) return;
  for (const { signal, waitMs } of STOP_SIGNALS) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    for (let waitedMs = 0; waitedMs < waitMs; waitedMs += POLL_MS) {
      if ((await processIdentity(pid)) !== identity) return;
      await sleep(POLL_MS);
    }
  }
}

/** An immediate shutdown, not waited for. The next start replays the log of what was committed. */
export function abandonPostmaster({ pid }: Postmaster): void {
  try {
    process.kill(pid, 'SIGQUIT');
  } catch {
    // It has ended already.
  }
}
