import { StageError } from '@onrecord/shared/event-log/failure-policy';
import {
  authorizationOf,
  credentialsOf,
  notConfigured,
  type TwilioAccount,
  type TwilioAccounts,
} from '@onrecord/shared/twilio/accounts';
import { STAGES } from '../domain/stages.ts';
import { createTwilioMedia, type TwilioMedia, type TwilioMediaOptions } from './twilio-media.ts';

export interface AccountsMediaOptions extends Omit<TwilioMediaOptions, 'apiUrl' | 'authorization'> {
  accounts: TwilioAccounts;
}

/** Fetches each recording with the credentials of its account, where that account's REST API is; never with another account's. */
export function createAccountsMedia({ accounts, ...options }: AccountsMediaOptions): TwilioMedia {
  // By what they are made of: a rotated token gets connections of its own, and what is under way is not cut off.
  const sources = new Map<string, TwilioMedia>();
  const sourceOf = (account: TwilioAccount): TwilioMedia => {
    const { apiUrl } = account;
    const authorization = authorizationOf(credentialsOf(account));
    const key = JSON.stringify([apiUrl, authorization]);
    const source = sources.get(key) ?? createTwilioMedia({ ...options, apiUrl, authorization });
    sources.set(key, source);
    return source;
  };
  return {
    open: async (recording, signal) => sourceOf(requireAccount(accounts, recording.accountSid)).open(recording, signal),
    encryptionOf: async (recording, signal) =>
      sourceOf(requireAccount(accounts, recording.accountSid)).encryptionOf(recording, signal),
    close: async () => {
      await Promise.all([...sources.values()].map((source) => source.close()));
    },
  };
}

/** @throws StageError: transient, since adding the account makes the same event succeed */
export function requireAccount(accounts: TwilioAccounts, accountSid: string): TwilioAccount {
  const account = accounts.find(accountSid);
  if (account !== undefined) return account;
  throw new StageError(STAGES.mediaFetch, notConfigured(accountSid), { kind: 'transient' });
}
