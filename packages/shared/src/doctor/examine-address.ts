import type { TwilioAccount } from '../twilio/accounts.ts';
import type { Finding } from './domain/finding.ts';
import { judgeAddress } from './domain/judge-address.ts';
import { inGroups } from './in-groups.ts';
import { type Network, probeAddress } from './probe-address.ts';

/** Asks a public address with the token of one account, and with those of all others once it is clear that this service answers there. */
export async function examineAddress(
  baseUrl: string,
  accounts: readonly TwilioAccount[],
  network: Network,
  now: () => Date,
): Promise<Finding[]> {
  const [first, ...others] = accounts;
  if (first === undefined) return [];
  const probe = (account: TwilioAccount) => probeAddress(baseUrl, account, network);
  const seen = [await probe(first)];
  if (seen[0]?.answer === 'ours' || seen[0]?.answer === 'other-token') seen.push(...(await inGroups(others, probe)));
  const refused = accounts.filter((_, at) => seen[at]?.answer === 'other-token').map(({ accountSid }) => accountSid);
  const facts = seen.findLast(({ answer }) => answer !== 'other-token') ?? seen[0];
  return facts === undefined ? [] : judgeAddress(facts, now(), refused);
}
