import {
  credentialsOf,
  notConfigured,
  type TwilioAccount,
  type TwilioAccounts,
} from '@onrecord/shared/twilio/accounts';
import { createCallsClient } from '@onrecord/shared/twilio/calls-client';
import { createRecordingsClient } from '@onrecord/shared/twilio/recordings-client';
import type { SourcePlace } from '../places/twilio.ts';
import type { CallPlace } from '../places/twilio-calls.ts';
import { twilioSource } from './twilio-source.ts';

export interface AccountsSourceOptions {
  accounts: TwilioAccounts;
  clock: () => Date;
  /** Ends the waiting between the attempts of a request. */
  signal?: AbortSignal | undefined;
}

/** Deletes each recording, and each leg's record, with the credentials of its own account, where that account's REST API is; never with another's. */
export function accountsSource({ accounts, clock, signal }: AccountsSourceOptions): SourcePlace & CallPlace {
  // A reload makes new accounts: what was signed in with what they had before goes with them.
  const sources = new WeakMap<TwilioAccount, SourcePlace & CallPlace>();
  const sourceOf = (account: TwilioAccount): SourcePlace & CallPlace => {
    const known = sources.get(account);
    if (known !== undefined) return known;
    const credentials = { ...credentialsOf(account), signal };
    const source = {
      ...twilioSource(createRecordingsClient(credentials), clock),
      ...createCallsClient(credentials),
    };
    sources.set(account, source);
    return source;
  };
  const ofAccount = (accountSid: string): SourcePlace & CallPlace => {
    const account = accounts.find(accountSid);
    if (account === undefined) throw new Error(notConfigured(accountSid));
    return sourceOf(account);
  };
  return {
    deleteAndConfirm: async (key, ...rest) => ofAccount(key.accountSid).deleteAndConfirm(key, ...rest),
    look: async (key) => ofAccount(key.accountSid).look(key),
    deleteCall: async (name, before) => ofAccount(name.accountSid).deleteCall(name, before),
  };
}
