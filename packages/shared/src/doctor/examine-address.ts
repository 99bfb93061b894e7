import type { TwilioAccount } from '../twilio/accounts.ts';
import type { AddressFacts } from './domain/facts.ts';
import type { Finding } from './domain/finding.ts';
import { judgeAddress } from './domain/judge-address.ts';
import { type Network, probeAddress } from './probe-address.ts';

/** Asks a public address with one account's token after the other, until it is clear that this service does not answer there. */
export async function examineAddress(
  baseUrl: string,
  accounts: readonly TwilioAccount[],
  network: Network,
  now: () => Date,
): Promise<Finding[]> {
  const refused: string[] = [];
  let facts: AddressFacts | undefined;
  for (const { accountSid, authTokens } of accounts) {
    const seen = await probeAddress(baseUrl, authTokens[0], network);
    const isService = seen.answer === 'ours' || seen.answer === 'other-token';
    if (seen.answer === 'other-token') refused.push(accountSid);
    if (facts === undefined || seen.answer !== 'other-token') facts = seen;
    if (!isService) break;
  }
  return facts === undefined ? [] : judgeAddress(facts, now(), refused);
}
