import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, readlink, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { DataFolderInUseError, explainFolderError } from './errors.ts';
import { processIdentity } from './process-identity.ts';

const LOCK_FILE = 'onrecord.lock';
/** The holder touches its lock this often, for processes that cannot see it: those of another container on the same volume. */
const HEARTBEAT_MS = 2_000;
/** A lock that was not touched while it was watched for this long has no holder. */
const HEARTBEAT_WATCH_MS = 2.5 * HEARTBEAT_MS;
/** Each attempt ends with the lock taken, a live holder found, or a dead one's lock removed; others may interfere. */
const ATTEMPTS_MAX = 10;

const ownerSchema = z.object({
  pid: z.number().int(),
  /** Distinguishes the process from a later one with the same pid. */
  identity: z.string(),
  /** Where the pid means something: the host and its pid namespace. */
  place: z.string(),
  token: z.string(),
});
type Owner = z.output<typeof ownerSchema>;

export interface DataFolderLock {
  release(): Promise<void>;
}

/**
 * Makes this process the only one that works on the folder, which is created if need be. The lock of a process that died is taken
 * over.
 * @throws DataFolderInUseError when a live process holds it
 * @throws DataFolderError when the folder cannot be written
 */
export async function lockDataFolder(folder: string): Promise<DataFolderLock> {
  try {
    await mkdir(folder, { recursive: true });
    return await acquire(folder);
  } catch (error) {
    throw explainFolderError(error, folder);
  }
}

async function acquire(folder: string): Promise<DataFolderLock> {
  const path = join(folder, LOCK_FILE);
  const owner = await describeSelf();
  const own = `${path}.${owner.token}`;
  await writeFile(own, `${JSON.stringify(owner)}\n`, { flag: 'wx' });
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      if (await linked(own, path)) return hold(path, owner);
      const holder = await readOwner(path);
      if (holder && (await isAlive(path, holder))) throw inUse(folder, holder, owner);
      await removeLock(path, holder);
    }
    throw inUse(folder, (await readOwner(path)) ?? owner, owner);
  } finally {
    await rm(own, { force: true });
  }
}

const inUse = (folder: string, holder: Owner, self: Owner) =>
  new DataFolderInUseError(folder, holder.pid, holder.place === self.place ? '' : ` of ${holder.place.split('/')[0]}`);

async function describeSelf(): Promise<Owner> {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  const identity = (await processIdentity(process.pid)) ?? '';
  return { pid: process.pid, identity, place: `${hostname()}/${namespace}`, token: randomUUID() };
}

/** A hard link exists whole or not at all, and the second of two fails. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readOwner(path: string): Promise<Owner | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  try {
    return ownerSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function isAlive(path: string, holder: Owner): Promise<boolean> {
  if (holder.place === (await describeSelf()).place) return (await processIdentity(holder.pid)) === holder.identity;
  const touched = async () => (await stat(path).catch(() => undefined))?.mtimeMs;
  const before = await touched();
  await sleep(HEARTBEAT_WATCH_MS);
  return (await touched()) !== before;
}

/** Removes the dead holder's lock, unless another process has replaced it by its own meanwhile: that one is put back. */
async function removeLock(path: string, dead: Owner | undefined): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  const owner = await readOwner(aside);
  if (owner?.token !== dead?.token) await linked(aside, path);
  await rm(aside, { force: true });
}

function hold(path: string, owner: Owner): DataFolderLock {
  const beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), HEARTBEAT_MS);
  beat.unref();
  return {
    release: async () => {
      clearInterval(beat);
      if ((await readOwner(path))?.token === owner.token) await rm(path, { force: true });
    },
  };
}
