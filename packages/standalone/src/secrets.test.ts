import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadSecrets } from './secrets.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onrecord-secrets-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('makes secrets once, keeps them, and lets only their owner read them', async () => {
  const first = await loadSecrets(folder);
  expect(await loadSecrets(folder)).toEqual(first);
  expect((await stat(join(folder, 'secrets.json'))).mode & 0o777).toBe(0o600);
});

test('two installations have different secrets', async () => {
  const other = await mkdtemp(join(tmpdir(), 'onrecord-secrets-'));
  expect((await loadSecrets(other)).recordsApiToken).not.toBe((await loadSecrets(folder)).recordsApiToken);
  await rm(other, { recursive: true });
});

test('adds the key for pseudonyms to the secrets of an older version, and leaves those as they are', async () => {
  const { pseudonymKey: _, ...older } = await loadSecrets(folder);
  await writeFile(join(folder, 'secrets.json'), JSON.stringify(older));
  const completed = await loadSecrets(folder);
  expect(completed).toMatchObject(older);
  expect(await loadSecrets(folder)).toEqual(completed);
});

test('a damaged file is named and never replaced silently', async () => {
  await writeFile(join(folder, 'secrets.json'), '{"recordsApiToken":');
  await expect(loadSecrets(folder)).rejects.toThrow(/secrets\.json cannot be understood/);
});
