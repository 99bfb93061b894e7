import type { TwilioAccount } from '@onrecord/shared/twilio/accounts';
import { expect, onTestFinished, test } from 'vitest';
import { workForAccounts } from './of-accounts.ts';

const account = (name: string, token = 'token'): TwilioAccount => ({
  accountSid: name,
  authTokens: [token],
  apiUrl: 'https://api.twilio.com',
});

test('each account is worked for by itself while it is configured, and anew with other credentials', async () => {
  let configured: readonly TwilioAccount[] = [account('a'), account('b')];
  const running: string[] = [];
  const history: string[] = [];
  const { close } = workForAccounts({
    accounts: { all: () => configured },
    start: ({ accountSid, authTokens: [token] }) => {
      const name = `${accountSid} ${token}`;
      running.push(name);
      history.push(name);
      return { close: async () => void running.splice(running.indexOf(name), 1) };
    },
  });
  onTestFinished(close);
  expect(running).toEqual(['a token', 'b token']);
  // A file that was read again makes new accounts, also where they say the same.
  configured = [account('a'), account('b', 'rotated'), account('c')];
  await expect.poll(() => running.toSorted()).toEqual(['a token', 'b rotated', 'c token']);
  configured = [account('a')];
  await expect.poll(() => running).toEqual(['a token']);
  expect(history.filter((name) => name === 'a token')).toHaveLength(1);
  await close();
  expect(running).toEqual([]);
});
