import { expect, test } from 'vitest';
import { failureOf, judgeRefusal } from './message-refusal.ts';

test.each([
  ['a person who replied STOP', 400, 21_610, 'refused'],
  ['a number that is none', 400, 21_211, 'refused'],
  ['a landline', 400, 21_614, 'refused'],
  ['a country that is not allowed', 403, 21_408, 'refused'],
  ['a full queue', 429, 21_611, 'passing'],
  ['a full queue, told as a bad request', 400, 21_611, 'passing'],
  ['too many requests', 429, 20_429, 'other'],
  ['a refused login', 401, 20_003, 'other'],
  ['an error of Twilio’s own', 500, 20_500, 'other'],
] as const)('%s: %i with %i is %s', (_what, status, code, judgement) => {
  expect(judgeRefusal(status, code)).toBe(judgement);
});

test('only STOP is an opt-out', () => {
  expect(failureOf(21_610)).toMatchObject({ cause: 'opted-out', isOptedOut: true });
  expect(failureOf(21_614)).toMatchObject({ cause: 'refused', isOptedOut: false });
});
