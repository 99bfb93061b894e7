import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RotatingFile } from './rotating-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onrecord-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (name: string) => readFileSync(join(folder, name), 'utf8');

// An installation that was never started again once filled its disk with its log.
test('a log that is full starts again while it is written, and keeps one earlier file', () => {
  const file = new RotatingFile(join(folder, 'log'), 10);
  for (let n = 1; n <= 7; n += 1) file.write(`line ${n}\n`);
  expect(readdirSync(folder).sort()).toEqual(['log', 'log.1']);
  expect(read('log.1')).toBe('line 5\nline 6\n');
  expect(read('log')).toBe('line 7\n');
});

test('what an earlier process wrote counts', () => {
  new RotatingFile(join(folder, 'log'), 10).write('of an earlier process\n');
  new RotatingFile(join(folder, 'log'), 10).write('new\n');
  expect(read('log.1')).toBe('of an earlier process\n');
  expect(read('log')).toBe('new\n');
});

test('belongs to its owner alone', () => {
  const { path } = new RotatingFile(join(folder, 'log'), 10);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test.runIf(process.platform === 'linux')('a full disk drops lines and ends nothing', () => {
  expect(() => new RotatingFile('/dev/full', 10).write('line\n')).not.toThrow();
});
