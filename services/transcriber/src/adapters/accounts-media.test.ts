import { text } from 'node:stream/consumers';
import { accountsOf, type TwilioAccount } from '@onrecord/shared/twilio/accounts';
import { expect, it, onTestFinished } from 'vitest';
import { serve } from '../testing/http-server.ts';
import { createAccountsMedia } from './accounts-media.ts';

const sid = (prefix: string, digit: string) => prefix + digit.repeat(32);
const neverAborted = new AbortController().signal;
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

function mediaOf(list: () => readonly TwilioAccount[]) {
  const limits = { connectTimeoutMs: 5_000, headersTimeoutMs: 5_000, bodyTimeoutMs: 5_000, redirectsMax: 0 };
  const media = createAccountsMedia({ ...limits, accounts: accountsOf(list), now: () => new Date() });
  onTestFinished(() => media.close());
  return async (accountSid: string) => {
    const { body } = await media.open(
      { accountSid, recordingSid: sid('RE', '2'), channels: 1, format: 'wav' },
      neverAborted,
    );
    return text(body);
  };
}

it('fetches each account’s recordings at its own place, with its own credentials, also after they changed', async () => {
  const one = await serve((_request, response) => response.end('RIFF one'));
  const two = await serve((_request, response) => response.end('RIFF two'));
  const first: TwilioAccount = { accountSid: sid('AC', 'a'), authTokens: ['token-a'], apiUrl: one.url };
  const apiKey = { sid: sid('SK', 'b'), secret: 'secret-b' };
  const second: TwilioAccount = { accountSid: sid('AC', 'b'), authTokens: ['token-b'], apiKey, apiUrl: two.url };
  let accounts: readonly TwilioAccount[] = [first, second];
  const fetched = mediaOf(() => accounts);
  expect(await fetched(first.accountSid)).toBe('RIFF one');
  expect(await fetched(second.accountSid)).toBe('RIFF two');
  accounts = [{ ...first, authTokens: ['token-a2'] }, second];
  expect(await fetched(first.accountSid)).toBe('RIFF one');
  expect(one.requests.map(({ headers }) => headers.authorization)).toEqual([
    basic(first.accountSid, 'token-a'),
    basic(first.accountSid, 'token-a2'),
  ]);
  expect(two.requests.map(({ headers }) => headers.authorization)).toEqual([basic(apiKey.sid, 'secret-b')]);
});

it('asks nobody for a recording of an account that is not configured, and says what to do', async () => {
  const twilio = await serve((_request, response) => response.end('audio'));
  const fetched = mediaOf(() => [{ accountSid: sid('AC', 'a'), authTokens: ['token-a'], apiUrl: twilio.url }]);
  await expect(fetched(sid('AC', 'c'))).rejects.toMatchObject({
    name: 'StageError',
    kind: 'transient',
    message: expect.stringMatching(/ACc{32} is not configured: .*ACCOUNTS_FILE/),
  });
  expect(twilio.requests).toEqual([]);
});
