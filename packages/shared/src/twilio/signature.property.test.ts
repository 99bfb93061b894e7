import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, test } from 'vitest';
import { isSignedByTwilio } from './signature.ts';

type Form = Record<string, string | string[]>;

/**
 * Twilio's signature, written anew from "Validating requests": the URL as it is, then each parameter's name and value, by name in the
 * order of their bytes; of a repeated parameter each different value, in order.
 */
function signature(token: string, url: string, form: Form): string {
  const hmac = createHmac('sha1', token).update(url, 'utf8');
  for (const name of Object.keys(form).sort()) {
    for (const value of [...new Set([form[name] ?? []].flat())].sort()) hmac.update(name + value, 'utf8');
  }
  return hmac.digest('base64');
}

const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,20}$/);
const value = fc.oneof(
  fc.string({ unit: 'grapheme' }).filter((text) => text.isWellFormed()),
  fc.constantFrom('', ' ', '+14155550100', 'a=b&c', "it's", ' padded ', 'é', 'sip:a@b;x=1'),
);
const repeated = fc.array(value, { minLength: 2, maxLength: 4 });
const form: fc.Arbitrary<Form> = fc.dictionary(word, fc.oneof({ weight: 5, arbitrary: value }, repeated));
const url = fc
  .tuple(
    fc.constantFrom('https://calls.example.com', 'https://calls.example.com:8443', 'http://127.0.0.1:8080'),
    fc.constantFrom('/webhooks/recording', '/twilio/voice/consent', '/', '//double', '/slash/'),
    fc.constantFrom('', '?a=1', '?visit=x&times=1', "?note=it's%20%2Bfine|so~far", '?empty=&a=1&a=2', '?%C3%A9=%2f'),
  )
  .map((parts) => parts.join(''));
const token = fc.stringMatching(/^[0-9a-f]{32}$/);

describe('whatever Twilio sends', () => {
  test('is accepted as signed by the documented algorithm, exactly when the SDK accepts it', () => {
    fc.assert(
      fc.property(token, url, form, (authToken, address, parameters) => {
        const signed = { url: address, signature: signature(authToken, address, parameters), parameters };
        expect(isSignedByTwilio(signed, [authToken])).toBe(true);
        expect(webhooks.validateRequest(authToken, signed.signature, address, parameters)).toBe(true);
        expect(isSignedByTwilio(signed, [`${authToken}0`])).toBe(false);
      }),
    );
  });

  test('is accepted in any order of its parameters, and not with one of them changed, gone or added', () => {
    fc.assert(
      fc.property(token, url, form, word, value, (authToken, address, parameters, name, other) => {
        const given = signature(authToken, address, parameters);
        const check = (changed: Form) =>
          isSignedByTwilio({ url: address, signature: given, parameters: changed }, [authToken]);
        expect(check(Object.fromEntries(Object.entries(parameters).reverse()))).toBe(true);
        const changed = { ...parameters, [`${name}_`]: `${other}!` };
        expect(check(changed)).toBe(signature(authToken, address, changed) === given);
        for (const gone of Object.keys(parameters)) {
          const { [gone]: _, ...rest } = parameters;
          expect(check(rest)).toBe(false);
        }
      }),
    );
  });

  test('as JSON is covered by the hash of its body, which must be there', () => {
    fc.assert(
      fc.property(token, url, fc.json(), (authToken, address, rawBody) => {
        const hash = createHash('sha256').update(rawBody, 'utf8').digest('hex');
        const hashed = `${address}${address.includes('?') ? '&' : '?'}bodySHA256=${hash}`;
        const check = (at: string, body: string) =>
          isSignedByTwilio({ url: at, signature: signature(authToken, at, {}), parameters: {}, rawBody: body }, [
            authToken,
          ]);
        expect(check(hashed, rawBody)).toBe(true);
        expect(check(hashed, `${rawBody} `)).toBe(false);
        expect(check(address, rawBody)).toBe(false);
      }),
    );
  });
});

/** Each is what Twilio's page or its own library says. */
describe('of an address', () => {
  const at = 'https://calls.example.com/hook?a=1';
  const accepts = (checked: string, signedOver: string) =>
    isSignedByTwilio({ url: checked, signature: signature('t', signedOver, {}), parameters: {} }, ['t']);

  test.each([
    ['the port is there or not, where it is the usual one', at, at.replace('.com', '.com:443'), true],
    ['the port of HTTPS may be left out', at.replace('.com', '.com:8443'), at, true],
    ['another port is another address', at, at.replace('.com', '.com:8443'), false],
    ['the scheme counts', at, at.replace('https', 'http'), false],
    ['a slash at the end counts', at, at.replace('?', '/?'), false],
    ['a fragment is not signed over', at, `${at}#rc=3`, false],
    ['user and password are not signed over', at, at.replace('calls', 'user:pass@calls'), false],
    ['the order of the query counts', `${at}&b=2`, 'https://calls.example.com/hook?b=2&a=1', false],
  ])('%s', (_, checked, signedOver, isAccepted) => {
    expect(accepts(checked, signedOver)).toBe(isAccepted);
  });
});

/** `-` for `+`, `_` for `/`, and the bits that Base64's last letter leaves open: the same bytes, and not what Twilio writes. */
test('a signature in another spelling of Base64 is none, as for the SDK', () => {
  const address = 'https://calls.example.com/hook';
  fc.assert(
    fc.property(token, form, (authToken, parameters) => {
      const given = signature(authToken, address, parameters);
      const last = String.fromCharCode(given.charCodeAt(26) + 1);
      for (const other of [
        given.replaceAll('+', '-').replaceAll('/', '_'),
        `${given.slice(0, 26)}${last}=`,
        `${given} `,
      ]) {
        if (other === given) continue;
        expect(webhooks.validateRequest(authToken, other, address, parameters)).toBe(false);
        expect(isSignedByTwilio({ url: address, signature: other, parameters }, [authToken])).toBe(false);
      }
    }),
  );
});

test('a space more is another value, and an empty parameter counts', () => {
  const check = (sent: Form, signed: Form) => {
    const address = 'https://calls.example.com/hook';
    return isSignedByTwilio({ url: address, signature: signature('t', address, signed), parameters: sent }, ['t']);
  };
  expect(check({ A: 'x' }, { A: 'x ' })).toBe(false);
  expect(check({ A: 'x' }, { A: 'x', Empty: '' })).toBe(false);
  expect(check({ A: ['2', '1', '2'] }, { A: ['1', '2'] })).toBe(true);
});
