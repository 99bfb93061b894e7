import { expect, it } from 'vitest';
import { inMegabytes } from './progress.ts';

// The archive of a person with one short call was told to have "0.0 MB".
it.each([
  [0, '0.0 MB'],
  [1, '1 kB'],
  [48_200, '48 kB'],
  [50_000, '0.1 MB'],
  [3_400_000, '3.4 MB'],
])('tells %d bytes as %s: what is there is never nothing', (bytes, told) => {
  expect(inMegabytes(bytes)).toBe(told);
});
