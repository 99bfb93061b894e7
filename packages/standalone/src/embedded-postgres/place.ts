import { createHash } from 'node:crypto';
import { chown, cp, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { anyOrdinaryAccount, postgresAccount } from './accounts.ts';
import { type Binaries, binariesIn } from './binaries.ts';
import { DataFolderError } from './errors.ts';
import { asAccount, asSelf, inUserNamespace, type RunAs, whyNot } from './run-as.ts';

/** Where a cluster lives and how its server is run. */
export interface Place {
  /** Holds the cluster, its password, port and log. */
  folder: string;
  binaries: Binaries;
  runAs: RunAs;
  /** What a person should know about the choice. */
  notice?: string;
}

export interface PlaceOptions {
  dataDir: string;
  binaries: Binaries;
  /** The program that makes user namespaces. Default `unshare`, from util-linux. */
  unshare?: string;
  /** Where root keeps a cluster that the postgres user could not reach in the data folder. Default `/var/lib/onrecord`. */
  reachableDir?: string;
  /** Gives up the start. */
  signal?: AbortSignal;
}

/** Names the folder that was chosen instead of the data folder, so that later starts find it. */
const MOVED_FILE = 'postgres-moved-to';

/** @throws DataFolderError when the server cannot be run for this user here */
export async function choosePlace(options: PlaceOptions): Promise<Place> {
  const { dataDir, binaries } = options;
  const moved = await readFile(join(dataDir, MOVED_FILE), 'utf8').catch(() => undefined);
  const folder = moved?.trim() || join(dataDir, 'postgres');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const made = await ownerOf(join(folder, 'cluster'));
  const { uid, gid } = made ?? (await stat(folder));
  if (process.getuid?.() !== 0) return placeFor({ folder, binaries, runAs: asSelf });
  if (uid !== 0) {
    const place = await placeFor(await reachable({ folder, binaries, runAs: asAccount({ uid, gid }) }, options));
    return moved === undefined ? place : { ...place, notice: `the data of the embedded Postgres is in ${folder}` };
  }
  // Namespaced, root is held to what the files allow: also the folder must be its own.
  if (made) await chown(folder, uid, gid);
  const account = await anyOrdinaryAccount();
  const namespaced = { folder, binaries, runAs: account ? inUserNamespace(account, options.unshare) : asSelf };
  const refusal = account ? await refusalOf(namespaced) : 'this machine has no account but root';
  if (refusal === undefined) return namespaced;
  // A Ctrl-C ends the probe as well.
  options.signal?.throwIfAborted();
  if (made) throw notThisTime(folder, refusal);
  return placeForPostgresUser(options, folder, refusal);
}

async function ownerOf(path: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Another user could not read what root made, so a probe that failed once must not hand the folder over. */
const notThisTime = (folder: string, refusal: string) =>
  new DataFolderError(
    `the database in ${folder} belongs to root, and the user namespace that Postgres needs for that was not available (${refusal}): start again; where there are none any more, chown -R postgres: ${folder}`,
  );

const refusalOf = ({ runAs, binaries, folder }: Place) => whyNot(runAs, binaries.postgres, folder);

async function placeFor(place: Place): Promise<Place> {
  const refusal = await refusalOf(place);
  if (refusal === undefined) return place;
  throw new DataFolderError(
    `the embedded Postgres does not run here (${refusal}): install again with "npx -y pnpm@10 install --force", or give a Postgres of your own with DATABASE_URL`,
  );
}

/** Root without user namespaces, as in most containers. */
async function placeForPostgresUser(options: PlaceOptions, folder: string, refusal: string): Promise<Place> {
  const account = await postgresAccount();
  if (!account) {
    throw new DataFolderError(
      `Postgres refuses to run as root, user namespaces are not available (${refusal}) and there is no user "postgres": run this as an ordinary user, create that user, or give a Postgres of your own with DATABASE_URL`,
    );
  }
  const runAs = asAccount(account);
  await chown(folder, account.uid, account.gid);
  const near = { folder, binaries: options.binaries, runAs };
  const why = 'Postgres refuses to run as root and user namespaces are not available';
  if ((await refusalOf(near)) === undefined) return { ...near, notice: `${why}: it runs as the user ${account.name}` };
  await chown(folder, 0, 0);
  const id = createHash('sha256').update(options.dataDir).digest('hex').slice(0, 12);
  const away = join(options.reachableDir ?? REACHABLE_DIR, id);
  await mkdir(away, { recursive: true });
  await chown(away, account.uid, account.gid);
  const place = await placeFor(await reachable({ ...near, folder: away }, options));
  await writeFile(join(options.dataDir, MOVED_FILE), `${away}\n`);
  return {
    ...place,
    notice: `${why}: it runs as the user ${account.name}, who cannot reach ${folder}; its data is in ${away}`,
  };
}

const REACHABLE_DIR = '/var/lib/onrecord';

/** The place with its own copy of the programs when its user cannot reach those that were installed. */
async function reachable(place: Place, options: PlaceOptions): Promise<Place> {
  if ((await refusalOf(place)) === undefined) return place;
  // pnpm's folder of the package names its version.
  const version = createHash('sha256').update(place.binaries.folder).digest('hex').slice(0, 12);
  const copy = join(options.reachableDir ?? REACHABLE_DIR, `programs-${version}`);
  const isThere = await stat(copy).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    const partial = join(dirname(copy), `.${basename(copy)}-${process.pid}`);
    await cp(place.binaries.folder, partial, { recursive: true, verbatimSymlinks: true });
    await rename(partial, copy).catch(() => rm(partial, { recursive: true, force: true }));
  }
  return { ...place, binaries: binariesIn(copy) };
}
