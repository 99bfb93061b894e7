import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareKeys } from '../key.ts';
import type { ObjectVersion } from '../port.ts';
import { hasCode } from './errors.ts';
import { PARTIAL_FOLDER } from './folders.ts';

/** Every file whose key starts with `prefix`, in key order. One folder at a time is held in memory. */
export async function* listFiles(root: string, prefix: string): AsyncGenerator<ObjectVersion, void, undefined> {
  yield* listFolder(root, prefix.slice(0, prefix.lastIndexOf('/') + 1), prefix);
}

/** @param folder a key prefix that is empty or ends with a slash */
async function* listFolder(
  root: string,
  folder: string,
  prefix: string,
): AsyncGenerator<ObjectVersion, void, undefined> {
  for (const { key, isFolder } of await readFolder(root, folder)) {
    const couldMatch = isFolder ? key.startsWith(prefix) || prefix.startsWith(key) : key.startsWith(prefix);
    if (!couldMatch) continue;
    if (isFolder) {
      yield* listFolder(root, key, prefix);
      continue;
    }
    const info = await lstat(join(root, key)).catch(ignoreMissing);
    if (info) yield { key, isDeleteMarker: false, bytes: info.size };
  }
}

/** A folder counts with its slash, so that walking in this order meets `a-b` before `a/b`, as the keys' bytes sort. */
async function readFolder(root: string, folder: string): Promise<{ key: string; isFolder: boolean }[]> {
  const entries: Dirent[] = (await readdir(join(root, folder), { withFileTypes: true }).catch(ignoreMissing)) ?? [];
  return entries
    .filter((entry) => (entry.isFile() || entry.isDirectory()) && folder + entry.name !== PARTIAL_FOLDER)
    .map((entry) => ({ key: `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`, isFolder: entry.isDirectory() }))
    .sort((a, b) => compareKeys(a.key, b.key));
}

function ignoreMissing(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error;
}
