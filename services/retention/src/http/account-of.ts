import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Named } from '../ledger/read/holders.ts';
import { accountsOf, type RecordsEnv } from './access/principal.ts';
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
 * The account of what a request names, among those that it may see; where none of them knows it, its own or their first. An account
 * that it may not see answers as one that nobody has, and to an agent the calls of others as calls that never were. Every route that
 * names something of a call asks this first.
 * @throws ProblemError where two accounts know something of the same SID, and where the request may not see what it asks for
 */
export async function accountOf(
  c: Context<RecordsEnv>,
  api: Pick<RecordsApi, 'reader' | 'accountSid'>,
  named: Named,
  asked: string | undefined,
): Promise<string> {
  const { accounts, agentIdentities } = c.get('principal');
  const visible = await accountsOf(c, api);
  if (asked !== undefined && accounts !== 'all' && !visible.includes(asked)) {
    throw new ProblemError('not-found', `accountSid: nothing of the account ${asked} is known.`);
  }
  const holders = await api.reader.holdersOf(named, asked === undefined ? visible : [asked]);
  if (holders.length > 1) {
    throw new ProblemError('bad-request', `accountSid: say which account is meant: ${holders.join(' or ')}.`);
  }
  const own = visible.includes(api.accountSid) ? api.accountSid : visible[0];
  const account = holders[0] ?? asked ?? own ?? api.accountSid;
  if (agentIdentities !== undefined && !(await api.reader.isOwn(account, named, agentIdentities))) {
    const sid = named.recordingSid ?? named.callSid ?? named.conferenceSid;
    throw new ProblemError('not-found', `Nothing of ${sid} is known of a call that this token’s agent was on.`);
  }
  return account;
}
