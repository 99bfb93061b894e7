import { type FSWatcher, watch } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { SettingsError } from '../config/settings.ts';
import { explainFile } from '../file-system/explain-file.ts';
import { accountsOf, type TwilioAccount, type TwilioAccounts } from './accounts.ts';
import { parseAccounts } from './accounts-file.ts';
import { AccountsFileError } from './accounts-file-faults.ts';

export interface WatchAccountsOptions {
  /** ACCOUNTS_FILE; without it the environment's own account is the only one. */
  file: string | undefined;
  own: TwilioAccount;
  logger: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
  /** Between two looks at the file, in milliseconds, for file systems that tell of no change. Default 10 s. */
  pollMs?: number | undefined;
}

/** 500 accounts are some 150 kB. */
const FILE_BYTES_MAX = 1_048_576;
const POLL_MS = 10_000;
/** Whoever writes a file touches it several times. */
const DEBOUNCE_MS = 100;
/** Read, write or search for everybody. */
const OPEN_TO_EVERYBODY = 0o007;

/**
 * The accounts of ACCOUNTS_FILE, read again when it changes: the folder is watched, since a file is replaced by a new one of its
 * name, and Kubernetes replaces a link beside it. A file that cannot be used leaves the accounts as they are, and is told of once.
 * @throws SettingsError when the file cannot be used at start
 */
export async function watchAccounts(options: WatchAccountsOptions): Promise<TwilioAccounts & Disposable> {
  const { file, own, logger } = options;
  let accounts: readonly TwilioAccount[] = [own];
  const served = accountsOf(() => accounts);
  if (file === undefined) return { ...served, [Symbol.dispose]: () => {} };
  const warnOfMode = onceForEachMode(file, logger);
  let seen: string;
  ({ accounts, content: seen } = await readAccounts(file, own, logger, warnOfMode));
  let lastProblem: string | undefined;
  const reload = async () => {
    try {
      const content = await readBounded(file, warnOfMode);
      if (content === seen && lastProblem === undefined) return;
      accounts = parseAccounts(file, content, own);
      seen = content;
      lastProblem = undefined;
      logger.info({ count: accounts.length }, 'read ACCOUNTS_FILE again');
    } catch (error) {
      const reason = reasonOf(file, error);
      if (reason === lastProblem) return;
      lastProblem = reason;
      logger.warn({ reason, remedy: 'mend the file' }, 'ACCOUNTS_FILE cannot be used; the accounts stay as they were');
    }
  };
  const stop = onChange(file, reload, options.pollMs ?? POLL_MS);
  return { ...served, [Symbol.dispose]: stop };
}

/**
 * The accounts of the file as it is now, with the environment's own one.
 * @throws SettingsError when it cannot be used
 */
export async function readAccounts(
  file: string,
  own: TwilioAccount,
  logger: Pick<WatchAccountsOptions['logger'], 'warn'>,
  warnOfMode = onceForEachMode(file, logger),
) {
  try {
    const content = await readBounded(file, warnOfMode);
    return { content, accounts: parseAccounts(file, content, own) };
  } catch (error) {
    throw new SettingsError(reasonOf(file, error));
  }
}

/** Runs `reload` soon after the file, or a link that Kubernetes leads to it by, changes in its folder, and every `pollMs`; never twice at a time. */
function onChange(file: string, reload: () => Promise<void>, pollMs: number): () => void {
  let running: Promise<void> = Promise.resolve();
  const run = () => {
    running = running.then(reload);
  };
  let soon: NodeJS.Timeout | undefined;
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(dirname(file), { persistent: false }, (_, name) => {
      // Others may write into the folder all the time; Kubernetes replaces the link `..data`.
      if (name !== null && name !== basename(file) && !name.startsWith('..')) return;
      clearTimeout(soon);
      soon = setTimeout(run, DEBOUNCE_MS).unref();
    });
    // Where watching ends, the looks at intervals go on.
    watcher.on('error', () => watcher?.close());
  } catch {
    // A file system without notifications: the same.
  }
  const poll = setInterval(run, pollMs).unref();
  return () => {
    watcher?.close();
    clearTimeout(soon);
    clearInterval(poll);
  };
}

async function readBounded(file: string, warnOfMode: (mode: number) => void): Promise<string> {
  const { size, mode } = await stat(file);
  if (size > FILE_BYTES_MAX) throw new AccountsFileError(`ACCOUNTS_FILE ${file}: it is longer than 1 MiB`);
  warnOfMode(mode);
  return readFile(file, 'utf8');
}

/** The file is looked at every few seconds; how open it is, is told once until that changes. */
function onceForEachMode(file: string, logger: Pick<WatchAccountsOptions['logger'], 'warn'>): (mode: number) => void {
  let told = 0;
  return (mode) => {
    const open = mode & OPEN_TO_EVERYBODY;
    if (open !== 0 && open !== told) {
      logger.warn(
        { remedy: `chmod o= ${file}` },
        'ACCOUNTS_FILE holds secrets and is open to everybody on this machine',
      );
    }
    told = open;
  };
}

function reasonOf(file: string, error: unknown): string {
  if (error instanceof AccountsFileError) return error.message;
  // Only what a file system says: anything else could quote a secret.
  const why = (error as { code?: string }).code === undefined ? 'unknown reason' : explainFile(error);
  return `ACCOUNTS_FILE ${file}: it cannot be read (${why}): give the path of a file that this process may read`;
}
