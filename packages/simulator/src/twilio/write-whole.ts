import { rename, rm, writeFile } from 'node:fs/promises';

let written = 0;

/** Writes a file that appears complete or not at all. */
export async function writeWhole(file: string, content: string | Buffer): Promise<void> {
  written += 1;
  const partial = `${file}.${process.pid}-${written}.partial`;
  try {
    await writeFile(partial, content);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
