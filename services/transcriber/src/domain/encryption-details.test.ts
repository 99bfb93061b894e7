import { expect, it } from 'vitest';
import { readEncryptionDetails } from './encryption-details.ts';

const details = { publicKeySid: 'CR1', encryptedCek: 'a2V5', iv: 'aXY=' };

it.each([
  ['of the callback', { type: 'rsa-aes', public_key_sid: 'CR1', encrypted_cek: 'a2V5', iv: 'aXY=' }],
  ['of the REST API', { encryption_public_key_sid: 'CR1', encryption_cek: 'a2V5', encryption_iv: 'aXY=' }],
  ['of another sample', { encryption_public_key_sid: 'CR1', encryption_cek: 'a2V5', iv: 'aXY=' }],
])('reads the spelling %s, as an object and as JSON', (_where, spelt) => {
  expect(readEncryptionDetails(spelt)).toEqual(details);
  expect(readEncryptionDetails(JSON.stringify(spelt))).toEqual(details);
});

it.each([[null], [undefined], ['{'], [[]], [{ public_key_sid: 'CR1', iv: 'aXY=' }], [{ public_key_sid: 7 }]])(
  'takes %j for no details',
  (value) => {
    expect(readEncryptionDetails(value)).toBeUndefined();
  },
);
