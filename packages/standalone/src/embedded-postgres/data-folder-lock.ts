import { link, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolders } from '@onrecord/shared/file-system/make-folders';
import { DataFolderInUseError, explainFolderError } from './errors.ts';
import { describeSelf, isAlive, type LockOwner, readOwner } from './lock-owner.ts';

const LOCK_FILE = 'onrecord.lock';
/** The holder touches its lock this often, for processes that cannot see it: those of another container on the same volume. */
const HEARTBEAT_MS = 2_000;
/** Another process is removing the same dead process's lock, which takes a millisecond. */
const RETRY_MS = 5;

export interface DataFolderLock {
  release(): Promise<void>;
}

/**
 * Makes this process the only one that works on the folder, which is created if need be. The lock of a process that died is taken
 * over.
 * @throws DataFolderInUseError when a live process holds it
 * @throws DataFolderError when the folder cannot be written
 */
export async function lockDataFolder(folder: string, heartbeatMs = HEARTBEAT_MS): Promise<DataFolderLock> {
  const self = await describeSelf();
  const path = join(folder, LOCK_FILE);
  const own = `${path}.${self.token}`;
  try {
    await makeFolders(folder);
    await writeFile(own, `${JSON.stringify(self)}\n`, { flag: 'wx' });
    const holder = await acquire(path, own, heartbeatMs);
    if (holder === undefined) return hold(path, self, heartbeatMs);
    const where = holder.place === self.place ? '' : ` of ${holder.place.split('/')[0]}`;
    throw new DataFolderInUseError(folder, holder.pid, where);
  } catch (error) {
    throw explainFolderError(error, folder);
  } finally {
    await rm(own, { force: true }).catch(() => undefined);
  }
}

/** Resolves to the live process that has it; undefined when it is ours. */
async function acquire(path: string, own: string, heartbeatMs: number): Promise<LockOwner | undefined> {
  while (!(await linked(own, path))) {
    const holder = await readOwner(path);
    if (typeof holder === 'object' && (await isAlive(path, holder, heartbeatMs))) return holder;
    if (holder !== 'absent') await removeDead(path, holder, own, heartbeatMs);
  }
  return undefined;
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

/**
 * Several may find the same dead one's lock. Who removes it needs a lock for that, named after the dead one: so nobody removes the
 * lock that another has taken meanwhile. Who dies while removing has left such a lock itself.
 */
async function removeDead(
  path: string,
  dead: LockOwner | 'unreadable',
  own: string,
  heartbeatMs: number,
): Promise<void> {
  const right = `${path}.${tokenOf(dead)}`;
  const remover = await acquire(right, own, heartbeatMs);
  if (remover !== undefined) return void (await sleep(RETRY_MS));
  const holder = await readOwner(path);
  if (holder !== 'absent' && tokenOf(holder) === tokenOf(dead)) await rm(path, { force: true });
  await rm(right, { force: true });
}

const tokenOf = (owner: LockOwner | 'unreadable') => (typeof owner === 'object' ? owner.token : owner);

function hold(path: string, self: LockOwner, heartbeatMs: number): DataFolderLock {
  const beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), heartbeatMs);
  beat.unref();
  return {
    release: async () => {
      clearInterval(beat);
      const holder = await readOwner(path);
      if (typeof holder === 'object' && holder.token === self.token) await rm(path, { force: true });
    },
  };
}
