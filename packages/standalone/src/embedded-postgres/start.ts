import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { findBinaries } from './binaries.ts';
import { openCluster } from './cluster.ts';
import { connectionUrl, ensureDatabase } from './connection.ts';
import { lockDataFolder } from './data-folder-lock.ts';
import { DataFolderError, diskFull, explainFolderError, isDiskFull } from './errors.ts';
import { launch } from './launch.ts';
import { choosePlace, type PlaceOptions } from './place.ts';
import { abandonPostmaster, isRunning, type Postmaster, stopPostmaster } from './postmaster.ts';
import { ServerLog } from './server-log.ts';

/** A crashed server replays up to 1 GB of its log (`max_wal_size`) when it starts. */
const START_TIMEOUT_MS = 120_000;
const WATCH_INTERVAL_MS = 1_000;

export interface EmbeddedPostgresOptions extends Pick<PlaceOptions, 'unshare' | 'reachableDir' | 'signal'> {
  /** Created if need be, and locked for this process. */
  dataDir: string;
  logger: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  /** On 127.0.0.1. Default: the one of the last start, or any that is free. */
  port?: number;
  startTimeoutMs?: number;
  /** The server has ended without having been stopped. */
  onExit?(error: Error): void;
}

export interface EmbeddedPostgres {
  /** With the password. */
  url: string;
  /** What a person should be told about where and as whom the server runs. */
  notice?: string;
  /** Stops the server, waits until it is gone, and gives the folder free. */
  stop(): Promise<void>;
  /** Tells the server to end at once, for a process that ends at once itself. What was committed is safe. */
  abandon(): void;
}

/**
 * Starts a Postgres of our own on a folder, or takes over the one that a killed process has left running there.
 * @throws DataFolderInUseError when another live process works on the folder
 * @throws DataFolderError when the folder cannot be written, the disk is full, or the server does not come up
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const lock = await lockDataFolder(options.dataDir);
  try {
    const { stop, ...server } = await startServer({ ...options, dataDir: await realpath(options.dataDir) });
    let stopping: Promise<void> | undefined;
    const stopOnce = () => {
      stopping ??= stop().finally(() => lock.release());
      return stopping;
    };
    return { ...server, stop: stopOnce };
  } catch (error) {
    await lock.release();
    throw explainFolderError(error, options.dataDir);
  }
}

async function startServer(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { logger, startTimeoutMs = START_TIMEOUT_MS } = options;
  const place = await choosePlace({ ...options, binaries: findBinaries() });
  if (place.notice) logger.warn({}, place.notice);
  const cluster = await openCluster(place);
  const log = new ServerLog(join(place.folder, 'server.log'));
  try {
    const { postmaster, adopted } = await launch({ ...options, place, cluster, log, startTimeoutMs });
    const { pid, port } = postmaster;
    logger.info(
      { pid, port },
      adopted ? 'took over the embedded Postgres of an earlier run' : 'started the embedded Postgres',
    );
    try {
      await ensureDatabase(cluster, port);
    } catch (error) {
      await stopPostmaster(postmaster);
      throw error;
    }
    const unwatch = watch(postmaster, () => options.onExit?.(explainExit(place.folder, log)));
    const stop = async () => {
      unwatch();
      await stopPostmaster(postmaster);
      log.close();
    };
    const abandon = () => abandonPostmaster(postmaster);
    const notice = place.notice === undefined ? {} : { notice: place.notice };
    return { url: connectionUrl(cluster, port), ...notice, stop, abandon };
  } catch (error) {
    log.close();
    throw error;
  }
}

/** The server may be another process's child, so it is looked at instead of waited for. */
function watch({ pid }: Postmaster, onExit: () => void): () => void {
  const timer = setInterval(() => void look(), WATCH_INTERVAL_MS);
  timer.unref();
  let watching = true;
  const look = async () => {
    if ((await isRunning(pid)) || !watching) return;
    clearInterval(timer);
    onExit();
  };
  return () => {
    watching = false;
    clearInterval(timer);
  };
}

function explainExit(folder: string, log: ServerLog): DataFolderError {
  const said = log.tail(0);
  if (isDiskFull(said)) return diskFull(folder);
  return new DataFolderError(
    `the embedded Postgres has ended (${said.split('\n').at(-1)}): start again, what was stored is safe; its log is ${log.path}`,
  );
}
