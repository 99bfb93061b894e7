import { expect, test } from 'vitest';
import { partitionOf } from './key-hash.ts';

test('a key’s partition is what it has always been', () => {
  // 32-bit FNV-1a test vectors of its authors: "" 0x811c9dc5, "a" 0xe40c292c, "foobar" 0xbf9cf968.
  const modulus = 2 ** 31;
  expect(partitionOf('', modulus)).toBe(0x811c9dc5 % modulus);
  expect(partitionOf('a', modulus)).toBe(0xe40c292c % modulus);
  expect(partitionOf('foobar', modulus)).toBe(0xbf9cf968 % modulus);
});

test('keys spread over the partitions', () => {
  const counts = new Array<number>(12).fill(0);
  for (let n = 0; n < 12_000; n += 1) {
    const partition = partitionOf(`CA${n.toString(16).padStart(32, '0')}`, 12);
    counts[partition] = (counts[partition] ?? 0) + 1;
  }
  expect(Math.min(...counts)).toBeGreaterThan(800);
  expect(Math.max(...counts)).toBeLessThan(1_200);
});
