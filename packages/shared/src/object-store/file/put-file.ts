import { createHash } from 'node:crypto';
import { access, type FileHandle, link, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ObjectExistsError, ObjectStoreError, type PutOptions, type PutResult } from '../port.ts';
import { readSource } from '../read-source.ts';
import { hasCode, toFileStoreError } from './errors.ts';
import { makeFolder, syncFolder, whileFoldersVanish } from './folders.ts';
import { createPartialFile, removePartialFile } from './partial-files.ts';

/**
 * Writes beside, makes it durable, then gives it its name: readers see the whole object or none, also after a power loss.
 * @throws ObjectExistsError, ObjectStoreError; whatever the source throws; the signal's reason
 */
export async function putFile(
  place: { root: string; key: string; path: string },
  body: AsyncIterable<Uint8Array> | Uint8Array,
  options: PutOptions,
): Promise<PutResult> {
  const { root, key, path } = place;
  const onFailure = (error: unknown) => {
    throw toFileStoreError(error, path);
  };
  const partial = await createPartialFile(root, key).catch(onFailure);
  try {
    const written = await writeSource(partial.handle, body, options.signal, onFailure).finally(() =>
      partial.handle.close(),
    );
    await giveName(partial.path, { key, path }, options.createOnly ?? false).catch(onFailure);
    return { key, ...written };
  } finally {
    await removePartialFile(root, partial.path);
  }
}

async function writeSource(
  handle: FileHandle,
  body: AsyncIterable<Uint8Array> | Uint8Array,
  signal: AbortSignal | undefined,
  onFailure: (error: unknown) => never,
) {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of readSource(body, signal ?? new AbortController().signal)) {
    hash.update(chunk);
    await writeAll(handle, chunk).catch(onFailure);
    bytes += chunk.byteLength;
  }
  await handle.sync().catch(onFailure);
  return { bytes, sha256: hash.digest('hex') };
}

/** One write may take less than it was given. */
async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.byteLength; ) {
    const { bytesWritten } = await handle.write(chunk, offset, chunk.byteLength - offset);
    offset += bytesWritten;
  }
}

/** `link` refuses a name that is taken, which makes it the create-only rename. */
const giveName = (partial: string, { key, path }: { key: string; path: string }, createOnly: boolean) =>
  whileFoldersVanish(async () => {
    await makeFolder(dirname(path));
    try {
      await (createOnly ? link(partial, path) : rename(partial, path));
    } catch (error) {
      if (createOnly && hasCode(error, 'EEXIST')) throw new ObjectExistsError(key);
      if (hasCode(error, 'ENOENT')) await requirePartial(partial, key);
      throw error;
    }
    await syncFolder(dirname(path));
  });

/** A deletion takes what is half written along: then there is nothing to give a name to. */
async function requirePartial(partial: string, key: string): Promise<void> {
  await access(partial).catch((cause) => {
    const text = `${key} was deleted while it was being written, so it was not stored`;
    throw new ObjectStoreError(text, { retryable: true, cause });
  });
}
