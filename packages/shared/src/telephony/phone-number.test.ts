import { expect, it } from 'vitest';
import { readPhoneNumber } from './phone-number.ts';

it.each([
  '+14155552671',
  '+1 (415) 555-2671',
  '+1.415.555.2671',
  'tel:+1-415-555-2671',
  '001 415 555 2671',
  ' +1 415 555 2671 ',
  '＋１４１５５５５２６７１',
])('reads %j as the one number that it is', (text) => {
  expect(readPhoneNumber(text)).toEqual({ e164: '+14155552671', country: 'US', areaCode: '415' });
});

it.each([
  ['+44 (0)20 7183 8750', { e164: '+442071838750', country: 'GB' }],
  ['0044 20 7183 8750', { e164: '+442071838750', country: 'GB' }],
  ['+49 30 123456', { e164: '+4930123456', country: 'DE' }],
  ['+1 416 555 0123', { e164: '+14165550123', country: 'CA', areaCode: '416' }],
  ['+1 242 322 1931', { e164: '+12423221931', country: 'BS', areaCode: '242' }],
])('knows the country of %j', (text, expected) => {
  expect(readPhoneNumber(text)).toEqual(expected);
});

it.each([
  ['a fictional British number, which Jersey and Man have too', '+447700900123', { e164: '+447700900123' }],
  ['a freephone number of the world', '+800 1234 5678', { e164: '+80012345678' }],
  [
    'an area code that is nobody’s yet',
    '+1 999 555 0123',
    {
      e164: '+19995550123',
      areaCode: '999',
    },
  ],
])('names no country where the number tells none: %s', (_, text, expected) => {
  expect(readPhoneNumber(text)).toEqual(expected);
});

it.each([
  '',
  '+',
  'garbage',
  'client:alice',
  'sip:+14155552671@example.com',
  '415 555 2671',
  '020 7183 8750',
  'call +1 415 555 2671 now',
  '+1415555267',
  '+141555526711',
  '+6421',
  'x'.repeat(1_000),
])('takes %j for no number that says its country', (text) => {
  expect(readPhoneNumber(text)).toBeUndefined();
});

// Twilio’s own page could not be opened. What the numbers spell can be checked (ITU-T E.161, the letters on the keys).
it.each(['ANONYMOUS', 'RESTRICTED', 'BLOCKED', 'UNKNOWN', 'UNAVAILABLE'])(
  'takes %s on the keys of a telephone, by which Twilio names callers who withhold their number, for nobody’s',
  (word) => {
    const keys = ['ABC', 'DEF', 'GHI', 'JKL', 'MNO', 'PQRS', 'TUV', 'WXYZ'];
    const digits = [...word].map((letter) => keys.findIndex((key) => key.includes(letter)) + 2).join('');
    expect(readPhoneNumber(`+${digits}`)).toBeUndefined();
  },
);
