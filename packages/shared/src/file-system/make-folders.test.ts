import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeFolders } from './make-folders.ts';

async function place() {
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-folders-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test('makes what is missing, and says where that began', async () => {
  const root = await place();
  expect(await makeFolders(join(root, 'a/b/c'), 0o700)).toBe(join(root, 'a'));
  expect((await stat(join(root, 'a/b/c'))).mode & 0o777).toBe(0o700);
  expect(await makeFolders(join(root, 'a/b/c'))).toBeUndefined();
  expect(await makeFolders(join(root, 'a/b/d'))).toBe(join(root, 'a/b/d'));
  expect(await makeFolders('/')).toBeUndefined();
});

test('many at once make the same ones', async () => {
  const root = await place();
  const made = await Promise.all(Array.from({ length: 20 }, () => makeFolders(join(root, 'x/y/z'))));
  expect(made.filter((first) => first !== undefined).length).toBeGreaterThan(0);
  expect(existsSync(join(root, 'x/y/z'))).toBe(true);
});

test('a file in the way is one', async () => {
  const file = join(await place(), 'file');
  await writeFile(file, '');
  await expect(makeFolders(file)).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolders(join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

// Node's recursive mkdir went round for ever below /proc, and with it the start on such a data folder.
test.runIf(existsSync('/proc/self'))('where no folder can be made there is an end', async () => {
  await expect(makeFolders('/proc/nowhere/deeper')).rejects.toMatchObject({ code: 'ENOENT' });
});
