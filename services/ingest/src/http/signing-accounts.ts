import { canonicalSid } from '@onrecord/shared/events';
import type { TwilioAccount, TwilioAccounts } from '@onrecord/shared/twilio/accounts';
import { namingCall, ParameterError, type Parameters } from '../domain/parameters.ts';

/** Whose token may have signed a request. */
export interface Signers {
  accounts: readonly TwilioAccount[];
  /** The account that the request says it is of, where that one is configured. */
  named: TwilioAccount | undefined;
}

/**
 * A request is checked with the tokens of the account that it names, and of no other. The debugger's webhook may name a subaccount and
 * be the parent's, so its ParentAccountSid may sign as well. JSON that names no account is tried with all of them, since only its
 * address is signed: Event Streams names it within a body that is not worth reading before. A form or a query that names none is no
 * callback, and is not tried: each token would cost signatures over all of it. A single account is tried whatever is named, so that
 * its own mistakes are told apart.
 * @throws ParameterError
 */
export function signersOf(
  accounts: TwilioAccounts,
  { parameters, rawBody }: { parameters?: Parameters | undefined; rawBody?: string | undefined },
  mayBeParents: boolean,
): Signers {
  const all = accounts.all();
  const named = parameters?.AccountSid;
  const parent = mayBeParents ? parameters?.ParentAccountSid : undefined;
  const found = [named, parent].map((sid) => (sid ? accounts.find(canonicalSid(sid)) : undefined));
  if (all.length > 1 && !named && rawBody === undefined) {
    namingCall(parameters)(new ParameterError('AccountSid', 'is missing'));
  }
  if (all.length === 1 || !named) return { accounts: all, named: found[0] };
  return { accounts: found.filter((account) => account !== undefined), named: found[0] };
}
