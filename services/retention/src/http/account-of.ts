import { z } from '@hono/zod-openapi';
import type { Named } from '../ledger/read/holders.ts';
import { ProblemError } from './problems.ts';
import type { RecordsApi } from './records-api.ts';
import { accountSid } from './schemas.ts';

/** For a request's query. */
export const accountQuery = {
  accountSid: accountSid.optional().openapi({ description: 'Of this account alone; of any where it is absent.' }),
};

/** A query that takes nothing else: what is misspelt would be left alone otherwise. */
export const onlyAccount = z.strictObject(accountQuery);

/**
 * The account of what a request names; its own where nobody knows it.
 * @throws ProblemError where two accounts know something of the same SID
 */
export async function accountOf(
  { reader, accountSid: own }: Pick<RecordsApi, 'reader' | 'accountSid'>,
  named: Named,
  asked: string | undefined,
): Promise<string> {
  const holders = await reader.holdersOf(named, asked);
  if (holders.length > 1) {
    throw new ProblemError('bad-request', `accountSid: say which account is meant: ${holders.join(' or ')}.`);
  }
  return holders[0] ?? asked ?? own;
}
