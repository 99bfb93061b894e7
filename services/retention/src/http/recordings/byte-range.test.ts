import { expect, it } from 'vitest';
import { readByteRange } from './byte-range.ts';

it.each([
  [undefined, 'whole'],
  ['bytes=0-9', { start: 0, end: 9 }],
  ['bytes= 5 - 5', { start: 5, end: 5 }],
  ['bytes=90-', { start: 90, end: 99 }],
  ['bytes=90-1000', { start: 90, end: 99 }],
  ['bytes=-10', { start: 90, end: 99 }],
  ['bytes=-1000', { start: 0, end: 99 }],
  ['bytes=100-', 'not-satisfiable'],
  ['bytes=-0', 'not-satisfiable'],
  ['bytes=9-5', 'whole'],
  ['bytes=-', 'whole'],
  ['bytes=a-b', 'whole'],
  ['bytes=0-1,5-6', 'whole'],
  ['items=0-1', 'whole'],
  [`bytes=${'9'.repeat(30)}-`, 'whole'],
])('reads %j of 100 bytes as %j', (range, expected) => {
  expect(readByteRange({ range, ifRange: undefined }, 100, '"a"')).toEqual(expected);
});

it.each([
  ['"a"', { start: 0, end: 9 }],
  ['"b"', 'whole'],
  ['W/"a"', 'whole'],
  ['Sun, 01 Mar 2026 10:00:00 GMT', 'whole'],
])('gives a part alone to whoever has the same whole: If-Range %s', (ifRange, expected) => {
  expect(readByteRange({ range: 'bytes=0-9', ifRange }, 100, '"a"')).toEqual(expected);
});

it('has nothing to give of what is empty', () => {
  expect(readByteRange({ range: 'bytes=0-', ifRange: undefined }, 0, '"a"')).toBe('not-satisfiable');
});
