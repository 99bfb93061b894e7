import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { whyUnreachable } from './connection.ts';
import { DataFolderError, diskFull, isDiskFull } from './errors.ts';
import type { Place } from './place.ts';
import { choosePort, rememberPort } from './port.ts';
import { findPostmaster, isRunning, type Postmaster, spawnPostmaster, stopPostmaster } from './postmaster.ts';
import { commandLine } from './process-identity.ts';
import type { ServerLog } from './server-log.ts';

export interface LaunchOptions {
  place: Place;
  cluster: Cluster;
  log: ServerLog;
  port?: number | undefined;
  /** How long the server may take until it answers; after a crash it replays its log first. In milliseconds. */
  startTimeoutMs: number;
  /** Gives up the start; the server is stopped. */
  signal?: AbortSignal | undefined;
}

/** How long a server of an earlier process is waited for before it is stopped and another started. */
const ADOPT_TIMEOUT_MS = 5_000;
const POLL_MS = 15;
/** Another program may take the free port before the server does. */
const PORT_ATTEMPTS_MAX = 3;

/**
 * Takes over the server that an earlier, killed process has left running on the cluster, when it answers; else starts one.
 * @throws DataFolderError with the last lines of the server's log when it does not come up
 */
export async function launch(options: LaunchOptions): Promise<{ postmaster: Postmaster; adopted: boolean }> {
  const { cluster, place } = options;
  const left = await findPostmaster(cluster.folder);
  if (left && (await fits(left, options)) && (await answers(left, options, ADOPT_TIMEOUT_MS))) {
    return { postmaster: left, adopted: true };
  }
  if (left) await stopPostmaster(left);
  const portFile = join(place.folder, 'port');
  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort(portFile, options.port);
    const since = options.log.position();
    const postmaster = await spawnPostmaster(place, cluster.folder, port, options.log.open());
    if (await answers(postmaster, options, options.startTimeoutMs)) {
      await rememberPort(portFile, port);
      return { postmaster, adopted: false };
    }
    await stopPostmaster(postmaster);
    options.signal?.throwIfAborted();
    const said = options.log.tail(since);
    if (/could not (bind|create any TCP)/.test(said) && attempt < PORT_ATTEMPTS_MAX) continue;
    throw explain(said, options);
  }
}

/** A server of a version that was replaced since is stopped: it may miss files that are gone. */
async function fits({ pid, port }: Postmaster, options: LaunchOptions): Promise<boolean> {
  const program = options.place.binaries.postgres;
  return (await commandLine(pid)).startsWith(`${program} `) && (options.port ?? port) === port;
}

/** Waits until the server answers; false when it has ended or cannot any more, when it is not wanted any more, or time is over. */
async function answers(
  { pid, port }: Postmaster,
  { cluster, signal }: LaunchOptions,
  timeoutMs: number,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline && !signal?.aborted && (await isRunning(pid))) {
    const why = await whyUnreachable(cluster, port);
    if (why === undefined) return true;
    // It runs on a full disk, but refuses each connection.
    if (isDiskFull(why)) return false;
    await sleep(POLL_MS);
  }
  return false;
}

function explain(said: string, { place, cluster, log, startTimeoutMs }: LaunchOptions): DataFolderError {
  if (isDiskFull(said)) return diskFull(place.folder);
  if (/has invalid permissions/.test(said)) {
    return new DataFolderError(
      `the embedded Postgres refuses its data, which others may read, as after a restore: chmod 700 ${cluster.folder}`,
    );
  }
  const lines = said === '' ? `it was silent for ${startTimeoutMs} ms` : said;
  return new DataFolderError(
    `the embedded Postgres of ${place.folder} did not start; the end of ${log.path}:\n${lines}`,
  );
}
