import { unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isUnder } from '../key.ts';
import type { DeletionReport, ObjectVersion } from '../port.ts';
import { hasCode, toFileStoreError } from './errors.ts';
import { removeEmptyFolders, syncFolder } from './folders.ts';
import { listFiles } from './list-files.ts';

/** Removes every file under `prefix` durably, then the folders that are left empty, and lists what is there afterwards. */
export async function deleteFiles(root: string, prefix: string): Promise<DeletionReport> {
  const reasons = new Map<string, string>();
  const found = await filesUnder(root, prefix);
  for (const { key } of found) {
    const reason = await removeFile(join(root, key));
    if (reason !== undefined) reasons.set(key, reason);
  }
  const folders = new Set(found.map(({ key }) => dirname(join(root, key))));
  for (const folder of folders) {
    await syncFolder(folder);
    await removeEmptyFolders(folder, root);
  }
  const remaining = (await filesUnder(root, prefix)).map((file) => ({ ...file, reason: reasons.get(file.key) }));
  const left = new Set(remaining.map(({ key }) => key));
  return { deleted: found.filter(({ key }) => !left.has(key)), remaining };
}

async function filesUnder(root: string, prefix: string): Promise<ObjectVersion[]> {
  const files: ObjectVersion[] = [];
  for await (const file of listFiles(root, prefix)) if (isUnder(prefix, file.key)) files.push(file);
  return files;
}

async function removeFile(path: string): Promise<string | undefined> {
  try {
    await unlink(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) return toFileStoreError(error, path).message;
  }
  return undefined;
}
