import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectVersion } from '../port.ts';
import { FILE_MODE, FOLDER_MODE, partialFolder, removeEmptyFolders, whileFoldersVanish } from './folders.ts';
import { listFiles } from './list-files.ts';

/** A file that nobody has written to for so long was left behind by a crash: sources give up after minutes. */
export const STALE_AFTER_MS = 3_600_000;

export interface PartialFile {
  path: string;
  handle: FileHandle;
}

/**
 * The file that becomes the object `key`: in a folder that mirrors the key, so that what is left of a killed writer is found by the
 * prefix of its recording.
 */
export async function createPartialFile(root: string, key: string): Promise<PartialFile> {
  const folder = join(partialFolder(root), key);
  const path = join(folder, randomUUID());
  return whileFoldersVanish(async () => {
    // Not created anew: without it the disk is not mounted.
    await stat(partialFolder(root));
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    return { path, handle: await open(path, 'wx', FILE_MODE) };
  });
}

export async function removePartialFile(root: string, path: string): Promise<void> {
  await rm(path, { force: true });
  await removeEmptyFolders(dirname(path), partialFolder(root));
}

/** The partial files of every key that starts with `prefix`, each under the key that it was to become and its own path. */
export async function* listPartialFiles(
  root: string,
  prefix: string,
): AsyncGenerator<ObjectVersion & { path: string }, void, undefined> {
  for await (const file of listFiles(partialFolder(root), prefix)) {
    yield { ...file, key: dirname(file.key), path: join(partialFolder(root), file.key) };
  }
}

/** Removes what crashed processes left behind. A file that was written to lately may still be somebody's. */
export async function sweepPartialFiles(root: string, now: Date): Promise<void> {
  for await (const { path } of listPartialFiles(root, '')) {
    const info = await stat(path).catch(() => undefined);
    if (info && now.getTime() - info.mtimeMs >= STALE_AFTER_MS) await removePartialFile(root, path);
  }
}
