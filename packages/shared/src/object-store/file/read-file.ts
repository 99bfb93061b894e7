import { open, stat } from 'node:fs/promises';
import { addAbortSignal } from 'node:stream';
import { type GetOptions, type ObjectBody, type ObjectInfo, ObjectNotFoundError, ObjectStoreError } from '../port.ts';
import { contentTypeOf } from './content-type.ts';
import { hasCode, toFileStoreError } from './errors.ts';

/** @throws ObjectNotFoundError, ObjectStoreError */
export async function getFile(key: string, path: string, options: GetOptions): Promise<ObjectBody> {
  if (options.versionId !== undefined) throw new ObjectNotFoundError(`${key}, version ${options.versionId}`);
  const handle = await open(path, 'r').catch((error) => {
    throw hasCode(error, 'ENOENT', 'ENOTDIR') ? new ObjectNotFoundError(key) : toFileStoreError(error, path);
  });
  try {
    const info = await handle.stat();
    if (!info.isFile()) throw new ObjectNotFoundError(key);
    const { start = 0, end } = options.range ?? {};
    if (options.range && start >= info.size) {
      throw new ObjectStoreError(`${key} has ${info.size} bytes: none from byte ${start}`, { retryable: false });
    }
    const body = handle.createReadStream({ start, end });
    if (options.signal) addAbortSignal(options.signal, body);
    return { key, bytes: info.size, contentType: contentTypeOf(key), lastModified: info.mtime, body };
  } catch (error) {
    await handle.close();
    throw toFileStoreError(error, path);
  }
}

/** @throws ObjectStoreError */
export async function headFile(key: string, path: string): Promise<ObjectInfo | undefined> {
  try {
    const info = await stat(path);
    if (!info.isFile()) return undefined;
    return { key, bytes: info.size, contentType: contentTypeOf(key), lastModified: info.mtime };
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw toFileStoreError(error, path);
  }
}
