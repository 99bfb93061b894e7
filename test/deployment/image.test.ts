import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readComposeFile } from './compose-file.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const dockerfile = read('Dockerfile');

test('the image installs with the manifest of every package of the workspace, as the lock file was made', () => {
  const manifests = globSync(['packages/*/package.json', 'services/*/package.json', 'test/package.json'], {
    cwd: ROOT,
  });
  expect(manifests.length).toBeGreaterThan(0);
  for (const manifest of manifests) {
    expect(dockerfile).toContain(`COPY ${manifest} ${manifest.replace('package.json', '')}\n`);
  }
});

test('the image runs each service that the deployment starts', () => {
  const ours = Object.values(readComposeFile().services).filter(({ build }) => build !== undefined);
  expect(ours.length).toBeGreaterThan(0);
  const [, known = ''] = /\n {2}(services\/.*)\) ;;/.exec(read('docker-entrypoint.sh')) ?? [];
  const runnable = known.split(' | ');
  expect(ours.map(({ command }) => command?.join(' ')).toSorted()).toEqual(runnable.toSorted());
  for (const folder of runnable) expect(read(`${folder}/src/main.ts`)).not.toBe('');
});

test('the image has the Node and the pnpm that the project names', () => {
  const { devDependencies, packageManager } = JSON.parse(read('package.json'));
  expect(dockerfile).toContain(`npm install --global ${packageManager}\n`);
  const [major] = devDependencies.node.split('.');
  const bases = dockerfile.match(/^FROM node:(\d+)/gm);
  expect(new Set(bases)).toEqual(new Set([`FROM node:${major}`]));
});
