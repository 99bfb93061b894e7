import { createHmac } from 'node:crypto';
import { prepareDatabase } from '@onrecord/retention/ledger/prepare-database';
import { eventLogSchema } from '@onrecord/shared/event-log/postgres/schema';
import type { Logger } from '@onrecord/shared/telemetry/logger';
import pg from 'pg';
import type { StandaloneConfig } from './config.ts';
import { lockDataFolder } from './embedded-postgres/data-folder-lock.ts';
import { diskFull } from './embedded-postgres/errors.ts';
import { startEmbeddedPostgres } from './embedded-postgres/start.ts';

export interface Database extends AsyncDisposable {
  /** As the services use it. */
  url: string;
  /** What a person should be told about where it runs. */
  notice?: string | undefined;
  /** Resolves with the reason when it has ended by itself. */
  failed: Promise<Error>;
}

/** The message names the setting, and never the URL, which has a password. */
class DatabaseUnreachableError extends Error {
  override readonly name = 'DatabaseUnreachableError';
}

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * The user's own Postgres, or an embedded one; either way the data folder is this process's alone until it is disposed.
 * @throws DataFolderInUseError, DataFolderError, DatabaseUnreachableError
 */
export async function openDatabase(
  { databaseUrl, databaseAdminUrl, dataDir }: StandaloneConfig,
  logger: Logger,
  signal: AbortSignal,
): Promise<Database> {
  if (databaseUrl !== undefined) {
    const lock = await lockDataFolder(dataDir);
    try {
      await requireReachable(databaseAdminUrl ?? databaseUrl);
      if (databaseAdminUrl !== undefined) await prepare(databaseUrl, databaseAdminUrl, logger);
    } catch (error) {
      await lock.release();
      throw error;
    }
    return { url: databaseUrl, failed: new Promise(() => {}), [Symbol.asyncDispose]: () => lock.release() };
  }
  const failed = Promise.withResolvers<Error>();
  const postgres = await startEmbeddedPostgres({ dataDir, logger, signal, onExit: failed.resolve });
  // A process that ends at once, by a second Ctrl-C or an error, must not leave its database running.
  process.once('exit', postgres.abandon);
  const stop = async () => {
    await postgres.stop();
    process.off('exit', postgres.abandon);
  };
  const url = serviceUrl(postgres.url);
  try {
    await prepare(url, postgres.url, logger);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, notice: postgres.notice, failed: failed.promise, [Symbol.asyncDispose]: stop };
}

/** The services' own role, which row-level security holds: their event log is in the same database. */
const prepare = (url: string, adminUrl: string, logger: Logger) =>
  prepareDatabase({ url, adminUrl, besides: [eventLogSchema] }, logger);

/** Made of the owner's password, so that a data folder has one secret of its database to keep. */
function serviceUrl(ownersUrl: string): string {
  const url = new URL(ownersUrl);
  url.password = createHmac('sha256', url.password).update(SERVICE_ROLE).digest('base64url');
  url.username = SERVICE_ROLE;
  return url.href;
}

const SERVICE_ROLE = 'onrecord_service';

async function requireReachable(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    throw unusable(cause, 'start it, correct DATABASE_URL, or leave that out for an embedded one');
  } finally {
    await client.end().catch(() => undefined);
  }
}

function unusable(cause: unknown, remedy: string) {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new DatabaseUnreachableError(`the Postgres of DATABASE_URL cannot be used (${why}): ${remedy}`, { cause });
}

/** Source: PostgreSQL documentation, "Error Codes". */
const DISK_FULL = '53100';

/** Turns what the database refused, also when it is the cause of the error, into one line; other errors are returned as they are. */
export function explainDatabaseError(
  error: unknown,
  config: Pick<StandaloneConfig, 'databaseUrl' | 'dataDir'>,
): unknown {
  const { databaseUrl, dataDir } = config;
  if (error instanceof pg.DatabaseError) {
    if (databaseUrl !== undefined) return unusable(error, 'let it do what it refused, or give another one');
    return error.code === DISK_FULL ? diskFull(dataDir, error) : error;
  }
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause === undefined) return error;
  const explained = explainDatabaseError(cause, config);
  return explained === cause ? error : explained;
}
