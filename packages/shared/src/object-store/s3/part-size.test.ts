import { describe, expect, it } from 'vitest';
import { partBytes } from './part-size.ts';

const MIB = 1024 * 1024;
const capacityGiB = (baseBytes: number) => {
  let total = 0;
  for (let number = 1; ; number += 1) {
    const bytes = partBytes(number, baseBytes);
    if (bytes === undefined) return total / 1024 ** 3;
    total += bytes;
  }
};

describe('part sizes', () => {
  it('stay the same for as long as recordings can be', () => {
    expect(partBytes(1, 6 * MIB)).toBe(6 * MIB);
    expect(partBytes(5_000, 6 * MIB)).toBe(6 * MIB);
  });

  it('double later, so that 10,000 parts hold hundreds of gigabytes', () => {
    expect(partBytes(5_001, 6 * MIB)).toBe(12 * MIB);
    expect(partBytes(6_001, 6 * MIB)).toBe(24 * MIB);
    expect(partBytes(10_000, 6 * MIB)).toBe(192 * MIB);
    expect(partBytes(10_001, 6 * MIB)).toBeUndefined();
    expect(Math.floor(capacityGiB(6 * MIB))).toBe(392);
    expect(Math.floor(capacityGiB(5 * MIB))).toBe(327);
  });
});
