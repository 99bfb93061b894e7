import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DataFolderLock, lockDataFolder } from './data-folder-lock.ts';
import { DataFolderError, DataFolderInUseError } from './errors.ts';

let folder: string;
const locks: DataFolderLock[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onrecord-lock-'));
});
afterEach(async () => {
  await Promise.all(locks.splice(0).map((lock) => lock.release()));
  await rm(folder, { recursive: true });
});

const take = async (path = folder, heartbeatMs?: number) => {
  const lock = await lockDataFolder(path, heartbeatMs);
  locks.push(lock);
  return lock;
};
const lockFile = () => join(folder, 'onrecord.lock');
/** Writes the lock that a process would have left, made from a real one. */
async function leaveLock(changes: { pid?: number; identity?: string; place?: string }) {
  const lock = await lockDataFolder(folder);
  const owner = JSON.parse(await readFile(lockFile(), 'utf8'));
  await lock.release();
  await writeFile(lockFile(), JSON.stringify({ ...owner, token: 'another', ...changes }));
}

describe('the lock of a data folder', () => {
  test('is held by one at a time; the other is told the folder, the process and what to do', async () => {
    await take();
    const second = lockDataFolder(folder);
    await expect(second).rejects.toThrow(DataFolderInUseError);
    await expect(second).rejects.toThrow(
      `the data folder ${folder} is in use by process ${process.pid}: stop that one, or give`,
    );
    expect(await readdir(folder)).toEqual(['onrecord.lock']);
  });

  test('can be taken again when it was released, and the folder is made when it is not there', async () => {
    await (await take(join(folder, 'a/b'))).release();
    await take(join(folder, 'a/b'));
  });

  test('of a process that died is taken over', async () => {
    await leaveLock({ pid: 2 ** 22 + 1 });
    await take();
  });

  test('of a process whose pid another process has now is taken over', async () => {
    await leaveLock({ pid: process.pid, identity: 'an earlier one' });
    await take();
  });

  test('that cannot be understood is taken over', async () => {
    await writeFile(lockFile(), '{"pid":');
    await take();
  });

  test('is taken by exactly one of many that find a dead one’s', async () => {
    await leaveLock({ pid: 2 ** 22 + 1 });
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => take()));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['onrecord.lock']);
  });

  test('of a process in another container is respected while it is kept alive', async () => {
    await leaveLock({ place: 'elsewhere/pid:[1]', pid: 1 });
    const beat = setInterval(() => void utimes(lockFile(), new Date(), new Date()), 10);
    await expect(lockDataFolder(folder, 50)).rejects.toThrow('is in use by process 1 of elsewhere:');
    clearInterval(beat);
    await take(folder, 50);
  });

  test('says in one line why a folder cannot be used', async () => {
    await writeFile(join(folder, 'file'), '');
    const refused = lockDataFolder(join(folder, 'file'));
    await expect(refused).rejects.toThrow(DataFolderError);
    await expect(refused).rejects.toThrow(
      /cannot be used \(EEXIST\): remove the file in its place, or give another one/,
    );
  });
});
