import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FILE_MODE, partialFolder } from './folders.ts';

/** A file that nobody has written to for so long was left behind by a crash: sources give up after minutes. */
export const STALE_AFTER_MS = 3_600_000;

export interface PartialFile {
  path: string;
  handle: FileHandle;
}

export async function createPartialFile(root: string): Promise<PartialFile> {
  const path = join(partialFolder(root), `${process.pid}-${randomUUID()}`);
  return { path, handle: await open(path, 'wx', FILE_MODE) };
}

/** Removes what crashed processes left behind. A file of a process that still lives is never touched, nor one written to lately. */
export async function sweepPartialFiles(root: string, now: Date): Promise<void> {
  for (const name of await readdir(partialFolder(root))) {
    const path = join(partialFolder(root), name);
    const info = await stat(path).catch(() => undefined);
    if (!info || now.getTime() - info.mtimeMs < STALE_AFTER_MS || belongsToAnother(name)) continue;
    await rm(path, { force: true });
  }
}

function belongsToAnother(name: string): boolean {
  const pid = Number.parseInt(name, 10);
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
