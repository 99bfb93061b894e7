import { describe, expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const now = new Date('2026-11-21T12:00:00Z');

describe('Retry-After', () => {
  it.each([
    ['30', 30_000],
    ['0', 0],
    ['Sat, 21 Nov 2026 12:01:00 GMT', 60_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s means %s ms', (value, ms) => {
    expect(retryAfterMs(value, now)).toBe(ms);
  });
});
