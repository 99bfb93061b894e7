import { expect, it } from 'vitest';
import { formatLength, formatMoment, formatTable } from './table.ts';

const header = ['SID', 'STATE', 'WHY'];
const rows = [
  ['RE1', 'waiting', 'Nobody agreed to anything yet.'],
  ['RE22', 'ok', ''],
];

it('lays columns out below each other, without trailing blanks', () => {
  expect(formatTable(header, rows)).toBe(
    ['SID   STATE    WHY', 'RE1   waiting  Nobody agreed to anything yet.', 'RE22  ok'].join('\n'),
  );
});

it('cuts the last column to the terminal', () => {
  const lines = formatTable(header, rows, 30).split('\n');
  expect(lines[1]).toBe('RE1   waiting  Nobody agreed …');
  expect(Math.max(...lines.map((line) => line.length))).toBe(30);
});

it('writes moments in UTC and lengths as minutes and seconds', () => {
  expect(formatMoment('2026-03-01T12:00:00.123+02:00')).toBe('2026-03-01 10:00:00Z');
  expect([formatLength(5), formatLength(65.4), formatLength(3_600), formatLength(undefined)]).toEqual([
    '0:05',
    '1:05',
    '60:00',
    '',
  ]);
});
