import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkKey, checkPrefix } from '../key.ts';
import { type ObjectStore, ObjectStoreError } from '../port.ts';
import { deleteFiles } from './delete-files.ts';
import { toFileStoreError } from './errors.ts';
import { makeFolder, PARTIAL_FOLDER, partialFolder } from './folders.ts';
import { listFiles } from './list-files.ts';
import { createPartialFile, removePartialFile, sweepPartialFiles } from './partial-files.ts';
import { putFile } from './put-file.ts';
import { getFile, headFile } from './read-file.ts';

/** Unfinished files of crashed processes are swept so often, by every process that has the store open. */
const SWEEP_EVERY_MS = 600_000;
/** Under this name the disk is tried out. */
const PROBE_KEY = '.onrecord-probe';

/**
 * Objects as files of a folder, which may be relative to the working directory. Several processes may share it. File systems that
 * ignore case, as on macOS, cannot hold two keys that differ in case alone.
 * @throws ObjectStoreError when the folder cannot be created or written
 */
export async function openFileStore(folder: string, sweepEveryMs = SWEEP_EVERY_MS): Promise<ObjectStore> {
  const root = resolve(folder);
  try {
    await makeFolder(partialFolder(root));
    await sweepPartialFiles(root, new Date());
  } catch (error) {
    throw toFileStoreError(error, root);
  }
  // A sweep that fails is repeated by the next one; what the disk is short of shows in `put` and `ping`.
  const sweeping = setInterval(() => void sweepPartialFiles(root, new Date()).catch(() => {}), sweepEveryMs).unref();
  return {
    uri: pathToFileURL(root).href,
    put: async (key, body, options) => putFile({ root, key, path: pathOf(root, key) }, body, options),
    get: async (key, options = {}) => getFile(key, pathOf(root, key), options),
    head: async (key) => headFile(key, pathOf(root, key)),
    listVersions: async function* (prefix) {
      checkPrefix(prefix);
      yield* listFiles(root, prefix);
    },
    deleteAllVersions: async (prefix, before, only) => {
      if (prefix === '') throw new ObjectStoreError('deleteAllVersions needs a prefix', { retryable: false });
      checkPrefix(prefix);
      return deleteFiles(root, prefix, before, only).catch((error) => {
        throw toFileStoreError(error, join(root, prefix));
      });
    },
    objectLock: async () => ({ isEnforced: false, reason: 'a folder has no Object Lock' }),
    setLegalHold: async () => {
      throw new ObjectStoreError('a folder has no Object Lock', { retryable: false });
    },
    presignGet: async () => undefined,
    ping: () => probe(root),
    close: async () => clearInterval(sweeping),
  };
}

function pathOf(root: string, key: string): string {
  checkKey(key);
  if (key.split('/', 1)[0] === PARTIAL_FOLDER) {
    throw new ObjectStoreError(`unusable object key "${key}": ${PARTIAL_FOLDER} is reserved`, { retryable: false });
  }
  return join(root, key);
}

/** Writes a byte, since a folder that can be listed may still be read-only or full. */
async function probe(root: string): Promise<void> {
  try {
    const { path, handle } = await createPartialFile(root, PROBE_KEY);
    await handle.write('.').finally(() => handle.close());
    await removePartialFile(root, path);
  } catch (error) {
    throw toFileStoreError(error, root);
  }
}
