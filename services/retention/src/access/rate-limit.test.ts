import { expect, test } from 'vitest';
import { RateLimit } from './rate-limit.ts';

const times = (count: number, take: () => { isAllowed: boolean }) =>
  Array.from({ length: count }, take).filter(({ isAllowed }) => isAllowed).length;

test('a minute’s worth may be spent at once, and comes back evenly', () => {
  const limit = new RateLimit(60);
  expect(times(100, () => limit.take('a', 0))).toBe(60);
  expect(limit.take('a', 0)).toEqual({ isAllowed: false, left: 0, retryAfterSeconds: 1 });
  expect(times(100, () => limit.take('a', 10_000))).toBe(10);
  expect(times(100, () => limit.take('a', 3_600_000))).toBe(60);
});

test('each key has its own, and looking takes none', () => {
  const limit = new RateLimit(2);
  limit.take('a', 0);
  expect(limit.look('a', 0).left).toBe(1);
  expect(limit.look('a', 0).left).toBe(1);
  expect(limit.look('b', 0).left).toBe(2);
});

test('a clock that is set back gives nothing, and takes nothing that would not come back', () => {
  const limit = new RateLimit(1);
  limit.take('a', 100_000);
  expect(limit.take('a', 0)).toMatchObject({ isAllowed: false, retryAfterSeconds: 60 });
  expect(limit.take('a', 60_000).isAllowed).toBe(true);
});

test('however many keys there are, so many are counted at most', () => {
  const limit = new RateLimit(1);
  limit.take('first', 0);
  for (let n = 0; n < 10_000; n += 1) limit.take(`${n}`, 0);
  expect(limit.take('first', 0).isAllowed).toBe(true);
  expect(limit.take('9999', 0).isAllowed).toBe(false);
});
