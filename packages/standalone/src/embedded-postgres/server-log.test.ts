import { closeSync, mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ServerLog } from './server-log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onrecord-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a log that is full starts again while the server has it open, and keeps one earlier file', () => {
  const log = new ServerLog(join(folder, 'server.log'), 10);
  const descriptor = log.open();
  writeSync(descriptor, 'old old old\n');
  log.bound();
  writeSync(descriptor, 'new\n');
  log.bound();
  closeSync(descriptor);
  log.close();
  expect(readFileSync(log.path, 'utf8')).toBe('new\n');
  expect(readFileSync(`${log.path}.1`, 'utf8')).toBe('old old old\n');
});

test('the tail is what this start wrote, its last lines', () => {
  const log = new ServerLog(join(folder, 'server.log'));
  const descriptor = log.open();
  writeSync(descriptor, 'of an earlier start\n');
  const since = log.position();
  writeSync(descriptor, Array.from({ length: 20 }, (_, n) => `line ${n}\n`).join(''));
  closeSync(descriptor);
  log.close();
  expect(log.tail(since).split('\n')).toEqual(Array.from({ length: 8 }, (_, n) => `line ${n + 12}`));
});
