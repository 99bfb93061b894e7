import { open, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolders } from '../../file-system/make-folders.ts';
import { hasCode } from './errors.ts';

/** Recordings are nobody else's business: readable by this user and its group alone. */
export const FILE_MODE = 0o640;
export const FOLDER_MODE = 0o750;

/** Where objects are written before they get their name. Inside of the root, because a rename needs the same file system. */
export const partialFolder = (root: string): string => join(root, PARTIAL_FOLDER);
export const PARTIAL_FOLDER = '.partial';

/** Makes what was created, renamed or removed in a folder survive a power loss. Systems that cannot open a folder ignore it. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (!hasCode(error, 'EISDIR', 'EINVAL', 'EPERM', 'ENOENT')) throw error;
  }
}

/** Creates the folder and those above it, each one durably. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await makeFolders(folder, FOLDER_MODE);
  if (first === undefined) return;
  for (let created = folder; created.length >= first.length; created = dirname(created)) {
    await syncFolder(dirname(created));
  }
}

/** Others may remove a folder as empty just before something is put into it. Each time one of them got on. */
const ATTEMPTS_MAX = 20;

/** Tries again while folders that `action` has made or found are gone at its next step. */
export async function whileFoldersVanish<T>(action: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      if (!hasCode(error, 'ENOENT') || attempt === ATTEMPTS_MAX) throw error;
    }
  }
}

/** Removes the folder, and those above it below `root`, as far as they are empty. */
export async function removeEmptyFolders(folder: string, root: string): Promise<void> {
  for (let current = folder; current.startsWith(join(root, '/')); current = dirname(current)) {
    try {
      await rmdir(current);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) continue;
      return;
    }
  }
}
