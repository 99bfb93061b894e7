import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLog } from './log.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onrecord-log-'));
});
afterEach(() => rm(folder, { recursive: true }));

// A start on a full disk once told of each connection that its dying database broke, around the one line that helps.
test('warnings are told once it is asked for, without those that repeat themselves, and are in the file from the start', async () => {
  const told: string[] = [];
  const log = await openLog(join(folder, 'data'), 'info', (line) => told.push(line));
  const logger = log.named('retention');
  logger.warn({ err: new Error('Connection terminated') }, 'an idle database connection broke');
  expect(told).toEqual([]);
  log.telling = true;
  logger.info('all is well');
  for (let n = 0; n < 3; n += 1) logger.warn({ err: new Error('no route') }, 'a sweep failed');
  expect(told).toEqual(['  ! retention: a sweep failed (no route)']);
  const text = await readFile(join(folder, 'data/onrecord.log'), 'utf8');
  expect(text.trim().split('\n')).toHaveLength(5);
  // Each line once named the standalone as well, a key that JSON then has twice.
  expect(text.match(/"service":/g)).toHaveLength(5);
});
