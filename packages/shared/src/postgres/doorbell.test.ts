import { expect, test } from 'vitest';
import { Doorbell } from './doorbell.ts';

const LONG_MS = 3_600_000;

test('a ring ends the wait', async () => {
  const bell = new Doorbell();
  const waiting = bell.wait(LONG_MS);
  bell.ring();
  expect(await waiting).toBe(true);
});

test('a ring while nobody waits ends the next wait, and only that', async () => {
  const bell = new Doorbell();
  bell.ring();
  bell.ring();
  expect(await bell.wait(LONG_MS)).toBe(true);
  expect(await bell.wait(1)).toBe(false);
});

test('a wait ends by itself', async () => {
  expect(await new Doorbell().wait(1)).toBe(false);
});
