import type { Logger } from 'pino';
import type { StandaloneConfig } from './config.ts';
import { lockDataFolder } from './embedded-postgres/data-folder-lock.ts';
import { startEmbeddedPostgres } from './embedded-postgres/start.ts';

export interface Database extends AsyncDisposable {
  url: string;
  /** What a person should be told about where it runs. */
  notice?: string | undefined;
  /** Resolves with the reason when it has ended by itself. */
  failed: Promise<Error>;
}

/**
 * The user's own Postgres, or an embedded one; either way the data folder is this process's alone until it is disposed.
 * @throws DataFolderInUseError, DataFolderError
 */
export async function openDatabase({ databaseUrl, dataDir }: StandaloneConfig, logger: Logger): Promise<Database> {
  if (databaseUrl !== undefined) {
    const lock = await lockDataFolder(dataDir);
    return { url: databaseUrl, failed: new Promise(() => {}), [Symbol.asyncDispose]: () => lock.release() };
  }
  const failed = Promise.withResolvers<Error>();
  const postgres = await startEmbeddedPostgres({ dataDir, logger, onExit: failed.resolve });
  // A process that ends at once, by a second Ctrl-C or an error, must not leave its database running.
  process.once('exit', postgres.abandon);
  const stop = async () => {
    await postgres.stop();
    process.off('exit', postgres.abandon);
  };
  return { url: postgres.url, notice: postgres.notice, failed: failed.promise, [Symbol.asyncDispose]: stop };
}
