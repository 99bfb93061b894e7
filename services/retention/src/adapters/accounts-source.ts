import {
  credentialsOf,
  notConfigured,
  type TwilioAccount,
  type TwilioAccounts,
} from '@onrecord/shared/twilio/accounts';
import { createRecordingsClient } from '@onrecord/shared/twilio/recordings-client';
import type { SourcePlace } from '../places/twilio.ts';
import { twilioSource } from './twilio-source.ts';

export interface AccountsSourceOptions {
  accounts: TwilioAccounts;
  clock: () => Date;
  /** Ends the waiting between the attempts of a request. */
  signal?: AbortSignal | undefined;
}

/** Deletes each recording with the credentials of its own account, where that account's REST API is; never with another's. */
export function accountsSource({ accounts, clock, signal }: AccountsSourceOptions): SourcePlace {
  // A reload makes new accounts: what was signed in with what they had before goes with them.
  const sources = new WeakMap<TwilioAccount, SourcePlace>();
  const sourceOf = (account: TwilioAccount): SourcePlace => {
    const known = sources.get(account);
    if (known !== undefined) return known;
    const client = createRecordingsClient({ ...credentialsOf(account), signal });
    const source = twilioSource(client, clock);
    sources.set(account, source);
    return source;
  };
  const ofAccount = (accountSid: string): SourcePlace => {
    const account = accounts.find(accountSid);
    if (account === undefined) throw new Error(notConfigured(accountSid));
    return sourceOf(account);
  };
  return {
    deleteAndConfirm: async (key, ...rest) => ofAccount(key.accountSid).deleteAndConfirm(key, ...rest),
    look: async (key) => ofAccount(key.accountSid).look(key),
  };
}
