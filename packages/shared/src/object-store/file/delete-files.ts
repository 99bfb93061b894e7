import { unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isUnder } from '../key.ts';
import type { BeforeDeletion, DeletionReport, KeyFilter, ObjectVersion } from '../port.ts';
import { hasCode, toFileStoreError } from './errors.ts';
import { partialFolder, removeEmptyFolders, syncFolder } from './folders.ts';
import { listFiles } from './list-files.ts';
import { listPartialFiles } from './partial-files.ts';

interface FoundFile extends ObjectVersion {
  path: string;
}

/**
 * Removes every file under `prefix` durably, also what was only half written, then the folders that are left empty, and lists what
 * is there afterwards.
 */
export async function deleteFiles(
  root: string,
  prefix: string,
  before?: BeforeDeletion,
  only: KeyFilter = () => true,
): Promise<DeletionReport> {
  const isMeant = ({ key }: FoundFile) => only(key);
  // Partial files first, here and afterwards: one that gets its name in between is then seen as the object.
  const foundPartials = (await partialsUnder(root, prefix)).filter(isMeant);
  const foundObjects = (await objectsUnder(root, prefix)).filter(isMeant);
  const found = [...foundObjects, ...foundPartials];
  const allowed = found.length > 0 ? await before?.(found.map(withoutPath)) : undefined;
  allowed?.throwIfAborted();
  const reasons = new Map([
    ...(await removeFiles(root, foundObjects)),
    ...(await removeFiles(partialFolder(root), foundPartials)),
  ]);
  const partials = (await partialsUnder(root, prefix)).filter(isMeant);
  const objects = (await objectsUnder(root, prefix)).filter(isMeant);
  const left = new Set([...objects, ...partials].map(({ path }) => path));
  const remaining = [
    ...objects.map(({ path, ...file }) => ({ ...file, reason: reasons.get(path) })),
    ...partials.map(({ path, ...file }) => ({ ...file, reason: unfinished(reasons.get(path)) })),
  ];
  return { deleted: found.filter(({ path }) => !left.has(path)).map(withoutPath), remaining };
}

const withoutPath = ({ path, ...file }: FoundFile): ObjectVersion => file;

const unfinished = (reason: string | undefined) => `an unfinished write${reason ? `: ${reason}` : ''}`;

async function objectsUnder(root: string, prefix: string): Promise<FoundFile[]> {
  const files: FoundFile[] = [];
  for await (const file of listFiles(root, prefix)) {
    if (isUnder(prefix, file.key)) files.push({ ...file, path: join(root, file.key) });
  }
  return files;
}

async function partialsUnder(root: string, prefix: string): Promise<FoundFile[]> {
  const files: FoundFile[] = [];
  for await (const file of listPartialFiles(root, prefix)) if (isUnder(prefix, file.key)) files.push(file);
  return files;
}

/** @returns why files could not be removed, by path */
async function removeFiles(top: string, files: readonly FoundFile[]): Promise<Map<string, string>> {
  const reasons = new Map<string, string>();
  for (const { path } of files) {
    await unlink(path).catch((error: unknown) => {
      if (!hasCode(error, 'ENOENT')) reasons.set(path, toFileStoreError(error, path).message);
    });
  }
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) {
    await syncFolder(folder);
    await removeEmptyFolders(folder, top);
  }
  return reasons;
}
