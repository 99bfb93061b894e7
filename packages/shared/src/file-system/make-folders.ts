import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Creates the folder and those above it that are missing. Node's own recursive form never ends where a folder is there in which none
 * can be made, such as /proc, and takes a read-only disk for a missing folder.
 * @returns the topmost one that was created; undefined where there was nothing to do
 * @throws the file system's error
 */
export async function makeFolders(folder: string, mode?: number): Promise<string | undefined> {
  const made = await makeOne(folder, mode);
  if (made !== 'orphan') return made === 'new' ? folder : undefined;
  const first = await makeFolders(dirname(folder), mode);
  const again = await makeOne(folder, mode);
  if (again === 'orphan') throw Object.assign(new Error(`no folder can be made at ${folder}`), { code: 'ENOENT' });
  return again === 'new' ? (first ?? folder) : first;
}

/** `orphan`: the one above it is missing. */
async function makeOne(folder: string, mode: number | undefined): Promise<'new' | 'there' | 'orphan'> {
  try {
    await mkdir(folder, { mode });
    return 'new';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'orphan';
    const found = await stat(folder).catch((reason) => {
      // Removed by somebody since: gone, and not in the way.
      if (code === 'EEXIST') throw reason;
    });
    if (found?.isDirectory()) return 'there';
    throw error;
  }
}
