import { expect, test } from 'vitest';
import { createBoundInTime } from './bound-in-time.ts';

test('lets pass as many as it may in each stretch of time, however many were refused before', () => {
  const passes = createBoundInTime(2, 60_000);
  const at = (...seconds: number[]) => seconds.map((each) => passes(each * 1_000));
  expect(at(0, 1, 59, 59)).toEqual([true, true, false, false]);
  expect(at(60, 119, 119)).toEqual([true, true, false]);
});
