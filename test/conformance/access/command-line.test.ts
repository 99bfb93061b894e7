import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCOUNT, newSid } from '../retention/facts.ts';
import { runOnrecord } from '../retention/onrecord-process.ts';
import { TOKEN } from '../retention/records-app.ts';
import { Door } from './tenants.ts';

let door: Door;
beforeAll(async () => {
  door = await Door.open();
  door.api.test.now = new Date();
});
afterAll(() => door?.close());

const onrecord = (token: string, ...args: string[]) =>
  runOnrecord(args, { ONRECORD_API_URL: door.server.url, RECORDS_API_TOKEN: token });

it('makes a token, lists it and revokes it; the secret alone is in a pipe', async () => {
  const created = await onrecord(TOKEN, 'tokens', 'create', 'reviews', '--role', 'reviewer', '--account', ACCOUNT);
  expect(created.out).toMatch(/^onr_[0-9a-f]{24}_[\w-]{43}\n$/);
  const secret = created.out.trim();
  expect((await onrecord(secret, 'recordings')).out).toBe('There are no recordings yet.\n');
  const tokenId = secret.split('_')[1] ?? '';
  const listed = await onrecord(TOKEN, 'tokens');
  expect(listed.out).toMatch(new RegExp(`${tokenId} +active +reviewer .+ ${ACCOUNT} +all +reviews`));
  expect(listed.out).not.toContain(secret);
  expect(await onrecord(TOKEN, 'tokens', 'revoke', secret)).toMatchObject({ status: 2 });
  expect((await onrecord(TOKEN, 'tokens', 'revoke', secret, '--yes')).out).toBe(`${tokenId} (reviews) is revoked.\n`);
  const refused = await onrecord(secret, 'recordings');
  expect(refused).toMatchObject({ status: 4, out: '' });
  expect(refused.err).toContain('refuses the token of RECORDS_API_TOKEN: This token was revoked at');
});

it('tells programs everything', async () => {
  const args = ['--role', 'agent', '--identity', 'client:alice', '--all-accounts', '--expires', '1d', '--json'];
  const { token, secret } = JSON.parse((await onrecord(TOKEN, 'tokens', 'create', 'of Alice', ...args)).out);
  expect(token).toMatchObject({ role: 'agent', agentIdentities: ['client:alice'], accounts: 'all' });
  const tokens = JSON.parse((await onrecord(TOKEN, 'tokens', '--json')).out);
  expect(tokens).toContainEqual(expect.objectContaining({ tokenId: token.tokenId }));
  const { out } = await onrecord(TOKEN, 'tokens', 'revoke', secret, '--yes', '--json');
  expect(JSON.parse(out)).toMatchObject({ state: 'revoked' });
});

// A token for a misspelt account opened nothing, and nobody said so.
it('warns of an account that nobody knows, and shows in the list whose calls an agent sees', async () => {
  const unknown = newSid('AC');
  const args = ['tokens', 'create', 'Bob', '--role', 'agent', '--identity', 'client:bob', '--account'];
  const made = await onrecord(TOKEN, ...args, unknown);
  expect(made).toMatchObject({ status: 0, out: expect.stringMatching(/^onr_/) });
  expect(made.err).toContain(`Nothing is known of the account ${unknown}`);
  expect((await onrecord(TOKEN, ...args, ACCOUNT)).err).not.toContain('Nothing is known');
  expect((await onrecord(TOKEN, 'tokens')).out).toMatch(/client:bob +Bob\n/);
});

// "--all-accounts" of one's own narrow token ended with 1, as what may work another time.
it('refuses a token that opens more than one’s own with 4', async () => {
  const own = await door.tokenOf('administrator');
  const refused = await onrecord(own, 'tokens', 'create', 'more', '--role', 'reviewer', '--all-accounts');
  expect(refused).toMatchObject({ status: 4, out: '' });
  expect(refused.err).toContain('--account: name only those that your own token opens');
});

it.each([
  [['tokens', 'create'], 2, 'say in one word or in quotes'],
  [['tokens', 'create', 'x'], 2, 'say --role'],
  [['tokens', 'create', 'x', '--role', 'root', '--all-accounts'], 2, 'root'],
  [['tokens', 'create', 'x', '--role', 'reviewer'], 2, '--account AC…'],
  [['tokens', 'create', 'x', '--role', 'reviewer', '--account', 'AC1'], 2, 'AC1'],
  [['tokens', 'create', 'x', '--role', 'reviewer', '--all-accounts', '--expires', 'soon'], 2, '"soon"'],
  [['tokens', 'create', 'x', '--role', 'reviewer', '--all-accounts', '--expires', '9000d'], 2, '--expires: '],
  [['tokens', 'create', 'x', '--role', 'agent', '--all-accounts'], 2, '--identity: name whose calls'],
  [['tokens', 'revoke', 'mine', '--yes'], 2, '24 hexadecimal digits'],
  [['tokens', 'revoke', newSid('').slice(0, 24), '--yes'], 3, 'No token'],
])('%j ends with %i and says what is wrong', async (args, status, said) => {
  const result = await onrecord(TOKEN, ...args);
  expect(result).toMatchObject({ status, out: '' });
  expect(result.err).toContain(said);
});
