import { readSettings, SettingsError } from '@onrecord/shared/config/settings';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { oidcSettings, toOidcOptions, wholeOidc } from './oidc-settings.ts';
import { accessSettings, toAccessOptions } from './settings.ts';

const schema = z.object({ ...accessSettings, ...oidcSettings }).check(...wholeOidc);
const TOKEN = { RECORDS_API_TOKEN: 'a-long-enough-token' };
const read = (environment: Record<string, string> = {}) => readSettings(schema, { ...TOKEN, ...environment });
const ISSUER = { OIDC_ISSUER: 'https://idp.example.com/realms/acme', OIDC_AUDIENCE: 'https://records.example.com' };

test('without settings there is no identity provider, no proxy is believed and nobody says why', () => {
  expect(toOidcOptions(read())).toBeUndefined();
  expect(toAccessOptions(read()).isTrustedProxy('127.0.0.1')).toBe(false);
  expect(toAccessOptions(read()).purposeRequired).toBe(false);
});

test('an identity provider is read with what its values mean', () => {
  const options = toOidcOptions(read({ ...ISSUER, OIDC_ROLES: 'legal team=compliance, qa=reviewer' }));
  expect(options).toMatchObject({ issuer: ISSUER.OIDC_ISSUER, audience: ISSUER.OIDC_AUDIENCE });
  expect([...(options?.mapping.roles ?? [])]).toEqual([
    ['legal team', 'compliance'],
    ['qa', 'reviewer'],
  ]);
  expect(toOidcOptions(read({ ...ISSUER, OIDC_ISSUER: 'http://127.0.0.1:8080' }))).toBeDefined();
});

test('trusted proxies are addresses and networks', () => {
  const { isTrustedProxy } = toAccessOptions(read({ TRUSTED_PROXIES: '10.0.0.0/8,192.168.1.7' }));
  expect(['10.9.9.9', '192.168.1.7', '192.168.1.8'].map(isTrustedProxy)).toEqual([true, true, false]);
});

test.each<[string, Record<string, string>, string]>([
  ['OIDC_AUDIENCE', { OIDC_ISSUER: ISSUER.OIDC_ISSUER }, 'OIDC_ISSUER needs it'],
  // It came up, and nobody could sign in.
  ['OIDC_ISSUER', { OIDC_AUDIENCE: ISSUER.OIDC_AUDIENCE }, 'OIDC_AUDIENCE needs it'],
  ['OIDC_ISSUER', { ...ISSUER, OIDC_ISSUER: 'http://idp.example.com' }, 'https://'],
  ['OIDC_ISSUER', { ...ISSUER, OIDC_ISSUER: 'http://localhost.example.com' }, 'https://'],
  ['OIDC_JWKS_URL', { ...ISSUER, OIDC_JWKS_URL: 'file:///keys' }, 'https://'],
  ['OIDC_ROLES', { ...ISSUER, OIDC_ROLES: 'legal=root' }, 'each role one of agent'],
  ['OIDC_ROLES', { ...ISSUER, OIDC_ROLES: 'legal' }, 'VALUE=ROLE'],
  ['TRUSTED_PROXIES', { TRUSTED_PROXIES: 'proxy' }, '10.0.0.0/8'],
  ['TOKEN_LIFETIME_MAX', { TOKEN_LIFETIME_MAX: 'for ever' }, 'give a duration'],
  ['REQUESTS_PER_MINUTE', { REQUESTS_PER_MINUTE: '0' }, 'from 1 to 1000000'],
])('%s of %j is refused', (name, environment, remedy) => {
  expect(() => read(environment)).toThrow(SettingsError);
  expect(() => read(environment)).toThrow(new RegExp(`${name} .*${remedy}`));
});
