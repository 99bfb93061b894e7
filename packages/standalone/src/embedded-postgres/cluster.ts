import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DataFolderError, diskFull, isDiskFull } from './errors.ts';
import type { Place } from './place.ts';
import { commandFor } from './run-as.ts';

const run = promisify(execFile);

export const DATABASE_USER = 'onrecord';
const PARTIAL_PREFIX = 'cluster.partial-';
/** It takes half a second on an idle machine. */
const INITDB_TIMEOUT_MS = 120_000;

/** A database cluster on disk. */
export interface Cluster {
  folder: string;
  password: string;
}

/**
 * Opens the place's cluster, and makes it on first use: whole or not at all.
 * @throws DataFolderError when the disk is full, or the cluster's password is gone
 */
export async function openCluster(place: Place): Promise<Cluster> {
  const folder = join(place.folder, 'cluster');
  const passwordFile = join(place.folder, 'password');
  const password = await readIfThere(passwordFile);
  const exists = (await readIfThere(join(folder, 'PG_VERSION'))) !== undefined;
  if (exists && password) return { folder, password };
  if (exists)
    throw new DataFolderError(`${passwordFile} is missing: restore it, only it opens the database in ${folder}`);
  const created = password || (await createPassword(passwordFile, place));
  await removePartial(place.folder);
  const partial = join(place.folder, `${PARTIAL_PREFIX}${randomBytes(4).toString('hex')}`);
  await initdb(place, partial, passwordFile);
  await rename(partial, folder);
  return { folder, password: created };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function createPassword(path: string, { runAs }: Place): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  await writeFile(path, `${password}\n`, { mode: 0o600, flush: true });
  // `initdb` reads it.
  if (runAs.account) await chown(path, runAs.account.uid, runAs.account.gid);
  return password;
}

/** What an interrupted first start has left. */
async function removePartial(folder: string) {
  for (const name of await readdir(folder)) {
    if (name.startsWith(PARTIAL_PREFIX)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function initdb(place: Place, folder: string, passwordFile: string) {
  const { file, args, options } = commandFor(place.runAs, place.binaries.initdb, [
    `--pgdata=${folder}`,
    `--username=${DATABASE_USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Sorts by code point and classifies by Unicode without the machine's locales, which differ and change.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ]);
  try {
    await run(file, args, { ...options, cwd: place.folder, env: serverEnvironment(), timeout: INITDB_TIMEOUT_MS });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    const { stderr = '', message } = error as { stderr?: string; message: string };
    const said = stderr.trim() || message;
    if (isDiskFull(said)) throw diskFull(place.folder, error);
    throw new DataFolderError(`Postgres could not make its database in ${place.folder}: ${said}`, { cause: error });
  }
}

/** Nothing of our own environment that could configure the server or hold a secret. */
export const serverEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  TZ: 'UTC',
  LC_ALL: 'C',
  LC_MESSAGES: 'C',
});
