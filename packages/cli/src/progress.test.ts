import { expect, it } from 'vitest';
import { tellSize } from './progress.ts';

// The archive of a person with one short call was told to have "0.0 MB".
it.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1_000, '1 kB'],
  [48_200, '48 kB'],
  [99_999, '100 kB'],
  [100_000, '0.1 MB'],
  [3_400_000, '3.4 MB'],
])('tells %d bytes as %s, and none of them as 0.0 MB', (bytes, told) => {
  expect(tellSize(bytes)).toBe(told);
});
