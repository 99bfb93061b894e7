import { readPhoneNumber } from '@onrecord/shared/telephony/phone-number';
import { describe, expect, it } from 'vitest';
import { ruleBook } from './built-in.ts';
import { openRuleBook } from './rule-book.ts';
import type { RulesFile } from './schema.ts';

const book = ruleBook();
const at = new Date('2026-03-01T10:00:00Z');
const placesOf = (text: string) => {
  const number = readPhoneNumber(text);
  return number === undefined ? [] : book.placesOf(number.e164, number.country);
};

it.each([
  ['+1 415 555 2671', ['US-CA']],
  ['+1 212 555 2671', ['US-NY']],
  ['+1 416 555 0123', ['CA-ON']],
  ['+1 902 555 0123', ['CA-NS', 'CA-PE']],
  ['+44 20 7183 8750', ['GB']],
  ['+49 30 123456', ['DE']],
  ['+61 7 3123 4567', ['AU-NSW', 'AU-QLD']],
  ['+61 412 345 678', ['AU-ACT', 'AU-NSW', 'AU-NT', 'AU-QLD', 'AU-SA', 'AU-TAS', 'AU-VIC', 'AU-WA']],
])('%s can be in %j', (number, places) => {
  expect(placesOf(number)).toEqual(places);
});

it.each([
  ['toll-free', '+1 800 555 1234'],
  ['a personal number', '+1 500 555 0006'],
  ['the Bahamas, which are +1 too', '+1 242 322 1931'],
  ['an area code that nobody has', '+1 999 555 0123'],
  ['freephone of the world', '+800 1234 5678'],
])('%s names no place whose rule is known', (_, number) => {
  expect(book.strictest([placesOf(number)], at)).toEqual({ requirement: 'all-party' });
});

describe('the strictest of everybody’s places counts', () => {
  it.each([
    ['one party, where both are in New York', [['US-NY'], ['US-NY']], 'one-party', 'US-NY'],
    ['everybody, where one is in California', [['US-NY'], ['US-CA']], 'all-party', 'US-CA'],
    ['a notice, where one is in Ontario', [['US-NY'], ['CA-ON']], 'notice', 'CA-ON'],
    ['the law of the Union besides that of the member', [['US-NY'], ['NL']], 'notice', 'EU'],
    ['everybody, where a mobile number may be in New South Wales', [['AU-NSW', 'AU-QLD']], 'all-party', 'AU-NSW'],
    ['everybody, where nobody has checked the place', [['US-NY'], ['MT']], 'all-party', 'MT'],
  ])('%s', (_, parties, requirement, jurisdiction) => {
    expect(book.strictest(parties, at)).toMatchObject({ requirement, jurisdiction });
    expect(book.strictest(parties.toReversed(), at)).toMatchObject({ requirement, jurisdiction });
  });

  it.each([
    ['a party whose place is unknown', [['US-NY'], []]],
    ['a place that has no line', [['US-NY'], ['BR']]],
    ['no party at all', []],
  ])('everybody must agree for %s', (_, parties) => {
    expect(book.strictest(parties, at)).toEqual({ requirement: 'all-party' });
  });

  it('a recording of before the line asks for everybody', () => {
    expect(book.strictest([['US-NY']], new Date('2019-06-01'))).toEqual({ requirement: 'all-party' });
  });

  it('a line whose law has a day counts from that day on, though the others are applied later', () => {
    expect(book.strictest([['AU-SA']], new Date('2018-01-01'))).toMatchObject({ jurisdiction: 'AU-SA' });
    expect(book.strictest([['AU-NSW']], new Date('2018-01-01'))).toEqual({ requirement: 'all-party' });
  });
});

it('a law that changes counts from its day on', () => {
  const line = (rule: 'one-party' | 'all-party', effectiveFrom: string) => ({
    ...{
      jurisdiction: 'US-NY',
      name: 'New York',
      rule,
      citation: `as of ${effectiveFrom}`,
      sources: [],
      effectiveFrom,
    },
  });
  const rules: RulesFile = {
    ...{ version: '2026-01-01', about: '', appliedFrom: '2020-01-01', sources: {} },
    lines: [line('all-party', '2026-02-01'), line('one-party', '2020-01-01')],
  };
  const changing = openRuleBook(rules, { version: '2026-01-01', about: '', sources: [], regions: [] });
  expect(changing.strictest([['US-NY']], new Date('2026-01-31T23:59:59Z')).requirement).toBe('one-party');
  expect(changing.strictest([['US-NY']], new Date('2026-02-01T00:00:00Z')).requirement).toBe('all-party');
});

it('a user’s own lines and numbers come before the committed ones, and the version says so', () => {
  const own = ruleBook({
    version: '2026-05-01',
    lines: [
      {
        ...{ jurisdiction: 'MT', name: 'Malta', partOf: 'EU', rule: 'one-party', citation: 'by our counsel' },
        ...{ sources: [], effectiveFrom: '2020-01-01' },
      },
    ],
    regions: [{ jurisdictions: ['US-TX'], prefixes: ['18005551234'] }],
  });
  expect(own.placesOf('+18005551234', 'US')).toEqual(['US-TX']);
  expect(own.placesOf('+18005551235', 'US')).toEqual([]);
  expect(own.strictest([['MT'], ['US-TX']], at)).toMatchObject({ requirement: 'notice', jurisdiction: 'EU' });
  expect(own.version).toBe(`${book.version}, own 2026-05-01`);
});
