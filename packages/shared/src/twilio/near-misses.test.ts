import fc from 'fast-check';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, test } from 'vitest';
import { findNearMiss, type NearMiss, type UnsignedRequest } from './near-misses.ts';

const URL_CHECKED = 'https://calls.example.com/twilio/webhooks/recording?a=1';
const FORM = { CallSid: 'CA1', Empty: '', From: '+14155550100' };
const sign = (url: string, parameters: Record<string, string> = FORM, token = 'own') =>
  webhooks.getExpectedTwilioSignature(token, url, parameters);

const request = (signature: string, change: Partial<UnsignedRequest> = {}): UnsignedRequest => ({
  urls: [URL_CHECKED],
  signature,
  parameters: FORM,
  tokens: ['own', 'next'],
  otherTokens: ['theirs'],
  apiKeySecrets: ['key-secret'],
  prefixes: ['/twilio'],
  told: { hosts: ['tunnel.example.net:9000', 'calls.example.com:3000'], prefix: '/voice-api' },
  ...change,
});

const json = { rawBody: '{"a":1}', parameters: {} };
const hashed = `${URL_CHECKED}&bodySHA256=${'0'.repeat(64)}`;

describe('a signature that does not match is explained', () => {
  const at = (change: (url: string) => string) => request(sign(change(URL_CHECKED)));
  test.each<[NearMiss, UnsignedRequest]>([
    ['scheme', at((url) => url.replace('https', 'http'))],
    ['port', at((url) => url.replace('.com', '.com:8443'))],
    ['port', at((url) => url.replace('.com', '.com:3000'))],
    ['trailing-slash', at((url) => url.replace('?', '/?'))],
    ['path-prefix', at((url) => url.replace('/twilio', ''))],
    ['path-prefix', at((url) => url.replace('/twilio', '/voice-api/twilio'))],
    ['host', at((url) => url.replace('calls.example.com', 'tunnel.example.net:9000'))],
    ['host', at((url) => url.replace('https://calls.example.com', 'http://tunnel.example.net:9000'))],
    ['query', at((url) => url.replace('?a=1', ''))],
    ['other-account', request(sign(URL_CHECKED, FORM, 'theirs'))],
    ['api-key-secret', request(sign(URL_CHECKED, FORM, 'key-secret'))],
    ['body-unsigned', request(sign(URL_CHECKED, {}))],
    ['body-in-query', request(sign(URL_CHECKED.replace('?a=1', ''), { a: '1' }), { parameters: {} })],
    ['no-body-hash', request(sign(URL_CHECKED, {}), json)],
    ['body-hash', request(sign(hashed, {}), { ...json, urls: [hashed] })],
    ['scheme', request(sign(URL_CHECKED.replace('https', 'http'), FORM, 'next'))],
  ])('%s: %#', (miss, unsigned) => {
    expect(findNearMiss(unsigned)?.miss).toBe(miss);
    for (const secret of [...unsigned.tokens, ...unsigned.otherTokens, ...unsigned.apiKeySecrets]) {
      expect(JSON.stringify(findNearMiss(unsigned))).not.toContain(`"${secret}"`);
    }
  });
});

test('what no configured token signed has no near miss', () => {
  expect(findNearMiss(request(sign(URL_CHECKED, FORM, 'a token from before')))).toBeUndefined();
  expect(findNearMiss(request(sign(URL_CHECKED), { signature: undefined }))).toBeUndefined();
});

test('nothing that is sent makes it throw', () => {
  const fields = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.array(fc.string())));
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      fields,
      fc.array(fc.string()),
      fc.string(),
      (signature, url, form, hosts, p) =>
        findNearMiss(request(signature, { urls: [url, URL_CHECKED], parameters: form, told: { hosts, prefix: p } })) ===
        undefined,
    ),
  );
});
