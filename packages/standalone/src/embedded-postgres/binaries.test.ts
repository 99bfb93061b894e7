import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findBinaries } from './binaries.ts';

test('finds the programs of this platform', () => {
  const { initdb, postgres } = findBinaries();
  expect([existsSync(initdb), existsSync(postgres)]).toEqual([true, true]);
});

test('says what to do where there are none', () => {
  expect(() => findBinaries('win32', 'x64')).toThrow(
    /does not run on Windows: use WSL, or give a Postgres of your own/,
  );
  expect(() => findBinaries('linux', 'mips')).toThrow(
    /for linux-mips .* is missing: install again with .*, or give a Postgres/,
  );
});
