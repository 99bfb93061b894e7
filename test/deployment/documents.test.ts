import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** `services/ingest/src/main.ts`, or a folder; a name with a wildcard counts as its folder. */
const PATH = /(?<![\w/@.-])(?:packages|services|test|docs)\/[\w./*-]*[\w/]/g;

// ARCHITECTURE.md once sent its readers to two files that had been renamed.
test.each(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'])('every path that %s names exists', (document) => {
  const paths = readFileSync(`${root}${document}`, 'utf8').match(PATH) ?? [];
  expect(paths.length).toBeGreaterThan(2);
  expect(paths.filter((path) => !existsSync(`${root}${path.replace(/[^/]*\*.*$/, '')}`))).toEqual([]);
});
