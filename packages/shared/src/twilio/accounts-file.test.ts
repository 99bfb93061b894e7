import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { accountsFileJsonSchema, parseAccounts } from './accounts-file.ts';

test('the example in deploy/ is a file that can be used', () => {
  const file = new URL('../../../../deploy/accounts.example.json', import.meta.url);
  const own = { accountSid: `AC${'9'.repeat(32)}`, authTokens: ['own'] as [string], apiUrl: 'https://api.twilio.com' };
  expect(parseAccounts('accounts.example.json', readFileSync(file, 'utf8'), own).map(({ apiUrl }) => apiUrl)).toEqual([
    'https://api.twilio.com',
    'https://api.twilio.com',
    'https://api.dublin.ie1.twilio.com',
  ]);
});

test('the committed JSON Schema is that of the code: `pnpm generate` writes it', () => {
  const schema = new URL('../../contracts/accounts-file.schema.json', import.meta.url);
  expect(JSON.parse(readFileSync(schema, 'utf8'))).toEqual(JSON.parse(JSON.stringify(accountsFileJsonSchema())));
});
