import fc from 'fast-check';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, test } from 'vitest';
import { isSignedByTwilio } from './signature.ts';

const TOKEN = '12345';
/** Twilio's documented example: "Validating requests". */
const documented = {
  url: 'https://example.com/myapp.php?foo=1&bar=2',
  signature: 'L/OH5YylLD5NRKLltdqwSvS0BnU=',
  parameters: {
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675310',
    Digits: '1234',
    From: '+14158675310',
    To: '+18005551212',
  },
};

test('accepts Twilio’s documented example', () => {
  expect(isSignedByTwilio(documented, [TOKEN])).toBe(true);
});

test('accepts the current and the next token while a token is rotated, and no other', () => {
  expect(isSignedByTwilio(documented, ['old', TOKEN])).toBe(true);
  expect(isSignedByTwilio(documented, ['old', 'older'])).toBe(false);
  expect(isSignedByTwilio(documented, [])).toBe(false);
});

describe('refuses what was changed on the way', () => {
  test.each([
    ['no signature', { ...documented, signature: undefined }],
    ['an empty signature', { ...documented, signature: '' }],
    ['another parameter', { ...documented, parameters: { ...documented.parameters, Digits: '9999' } }],
    ['a parameter more', { ...documented, parameters: { ...documented.parameters, Extra: '' } }],
    ['another query', { ...documented, url: 'https://example.com/myapp.php?foo=1&bar=3' }],
    ['another host', { ...documented, url: 'https://example.org/myapp.php?foo=1&bar=2' }],
    ['no URL at all', { ...documented, url: 'not a url' }],
  ])('%s', (_, request) => {
    expect(isSignedByTwilio(request, [TOKEN])).toBe(false);
  });
});

test('a JSON body is covered by its hash in the URL', () => {
  const rawBody = '{"CallSid":"CA1234567890ABCDE"}';
  const url = `https://example.com/hook?bodySHA256=${webhooks.getExpectedBodyHash(rawBody)}`;
  const signature = webhooks.getExpectedTwilioSignature(TOKEN, url, {});
  expect(isSignedByTwilio({ url, signature, parameters: {}, rawBody }, [TOKEN])).toBe(true);
  expect(isSignedByTwilio({ url, signature, parameters: {}, rawBody: `${rawBody} ` }, [TOKEN])).toBe(false);
});

test('never throws, whatever is sent', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.option(fc.string(), { nil: undefined }),
      fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.array(fc.string()))),
      fc.option(fc.string(), { nil: undefined }),
      (url, signature, parameters, rawBody) =>
        isSignedByTwilio({ url, signature, parameters, rawBody }, [TOKEN]) === false,
    ),
  );
});
