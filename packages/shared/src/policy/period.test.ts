import { describe, expect, it } from 'vitest';
import { addPeriod, isAtLeast, parsePeriod } from './period.ts';

const period = (text: string) => parsePeriod(text) ?? expect.fail(`${text} is no period`);
const after = (from: string, text: string) => addPeriod(new Date(from), period(text))?.toISOString().slice(0, 10);

describe('a period', () => {
  it('of years ends on the same day, however many of them are leap years', () => {
    expect(after('2027-03-01', '5y')).toBe('2032-03-01');
    expect(after('2027-03-01', '18mo')).toBe('2028-09-01');
  });

  it('is never cut short where a month has no such day', () => {
    expect(after('2027-01-31', '1mo')).toBe('2027-03-03');
    expect(after('2028-02-29', '1y')).toBe('2029-03-01');
  });

  it('forever has no end, nor has one beyond all dates', () => {
    expect(after('2027-01-01', 'forever')).toBeUndefined();
    expect(after('2027-01-01', '999999y')).toBeUndefined();
  });

  it.each([
    ['1y', '12mo', true],
    ['5y', '1825d', true],
    ['5y', '1826d', true],
    ['5y', '1827d', false],
    ['1826d', '5y', false],
    ['1827d', '5y', true],
    ['30d', '1mo', false],
    ['31d', '1mo', true],
    ['1mo', '28d', true],
    ['1mo', '29d', false],
    ['forever', '100y', true],
    ['100y', 'forever', false],
  ])('%s is at least %s from whatever day: %s', (text, least, expected) => {
    expect(isAtLeast(period(text), period(least))).toBe(expected);
  });

  it.each(['', '5', '5 y', '-1d', '1.5d', '0d', '5Y', 'never', '1000000d'])('is not "%s"', (text) => {
    expect(parsePeriod(text)).toBeUndefined();
  });
});
