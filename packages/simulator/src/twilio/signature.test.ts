import fc from 'fast-check';
import twilio from 'twilio';
import { expect, test } from 'vitest';
import { signedUrl, twilioSignature } from './signature.ts';

test('signs Twilio’s published example', () => {
  const parameters = [
    ['CallSid', 'CA1234567890ABCDE'],
    ['Caller', '+14158675310'],
    ['Digits', '1234'],
    ['From', '+14158675310'],
    ['To', '+18005551212'],
  ] as const;
  expect(twilioSignature('12345', 'https://example.com/myapp.php?foo=1&bar=2', parameters)).toBe(
    'L/OH5YylLD5NRKLltdqwSvS0BnU=',
  );
});

// A hundred forms, many of them long, took more than the usual 5 s on a busy machine.
const PROPERTY_LIMIT_MS = 60_000;

test(
  'Twilio’s SDK accepts the signature of any parameters',
  () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme-ascii' });
    const forms = fc.dictionary(name, fc.string({ unit: 'binary' }), { noNullPrototype: true });
    fc.assert(
      fc.property(forms, fc.string({ minLength: 1 }), (form, token) => {
        const url = 'https://calls.example.com/webhooks/recording?tenant=a';
        expect(twilio.validateRequest(token, twilioSignature(token, url, Object.entries(form)), url, form)).toBe(true);
      }),
    );
  },
  PROPERTY_LIMIT_MS,
);

test('a repeated parameter is signed once a value, in the order of the values', () => {
  const url = 'https://calls.example.com/';
  const signature = twilioSignature('t', url, [
    ['a', '2'],
    ['a', '1'],
    ['a', '2'],
  ]);
  expect(twilio.validateRequest('t', signature, url, { a: ['2', '1', '2'] })).toBe(true);
});

test.each([
  ['https://user:secret@example.com:8443/a?b=c#rc=2', 'https://example.com/a?b=c'],
  ['http://example.com:8080/a', 'http://example.com:8080/a'],
  ['https://example.com', 'https://example.com'],
])('%s is signed as %s', (url, signed) => {
  expect(signedUrl(url)).toBe(signed);
});
