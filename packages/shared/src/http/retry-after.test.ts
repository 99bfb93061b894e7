import { describe, expect, it } from 'vitest';
import { boundedWaitMs, retryAfterMs } from './retry-after.ts';

const now = new Date('2026-11-21T12:00:00Z');
const DAY_MS = 86_400_000;

describe('Retry-After', () => {
  it.each([
    ['30', 30_000],
    ['0', 0],
    ['Sat, 21 Nov 2026 12:01:00 GMT', 60_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['Sat, 21 Nov 2099 11:00:00 GMT', DAY_MS],
    ['99999999999999999', DAY_MS],
    ['9'.repeat(400), undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s means %s ms', (value, ms) => {
    expect(retryAfterMs(value, now)).toBe(ms);
  });
});

describe('a wait that somebody else named', () => {
  it.each([
    [5_000, 5_000],
    [DAY_MS + 1, DAY_MS],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    [-1, undefined],
    ['5000', undefined],
    [undefined, undefined],
  ])('of %s counts as %s ms', (ms, bounded) => {
    expect(boundedWaitMs(ms)).toBe(bounded);
  });
});
