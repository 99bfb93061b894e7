import { z } from 'zod';
import type { Command } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { jsonOption } from '../../flags.ts';
import { formatMoment } from '../../table.ts';
import { inTwiliosSpelling } from '../sids.ts';
import { token } from './token.ts';

const ROLES = ['agent', 'reviewer', 'compliance', 'administrator', 'auditor'];
const DAY_MS = 86_400_000;
const created = z.looseObject({ token, secret: z.string(), unknownAccounts: z.array(z.string()).optional() });

export const createToken: Command = {
  name: 'tokens create',
  summary: 'make a token of the records API; its secret is shown once',
  help: `onrecord tokens create NAME --role ROLE (--account SID … | --all-accounts) [--identity ID …] [--expires 30d] [--json]

  NAME            what it is for, such as "quality reviews"
  --role          agent (own calls alone), reviewer (reads recordings), compliance (policies, holds, erasures),
                  administrator (tokens as well) or auditor (reads everything, and every request is recorded)
  --account SID   an account that it opens; several times for several
  --all-accounts  every account, those to come included
  --identity ID   of an agent: the end of call legs that is this agent's, such as client:alice or +14155550100
  --expires       a number of days, such as 30d, or a moment such as 2027-01-01T00:00:00Z; in 90 days by default
  --json          the answer of the records API`,
  options: {
    ...jsonOption,
    role: { type: 'string', choices: ROLES },
    account: { type: 'string', multiple: true },
    'all-accounts': { type: 'boolean' },
    identity: { type: 'string', multiple: true },
    expires: { type: 'string' },
  },
  fields: {
    accounts: '--account',
    agentIdentities: '--identity',
    expiresAt: '--expires',
    name: 'NAME',
    role: '--role',
  },
  run: async ({ api, print, note }, { values, positionals }) => {
    const [name, ...more] = positionals;
    if (name === undefined || more.length > 0) throw new UsageError('say in one word or in quotes what it is for');
    if (values.role === undefined) throw new UsageError(`say --role: one of ${ROLES.join(', ')}`);
    const expiresAt = readEnd(values.expires as string | undefined);
    const body = {
      ...{ name, role: values.role, accounts: readAccounts(values) },
      ...(values.identity !== undefined && { agentIdentities: values.identity }),
      ...(expiresAt !== undefined && { expiresAt }),
    };
    const answer = await (await api()).send('POST', '/v1/tokens', created, body);
    for (const sid of answer.unknownAccounts ?? []) {
      note(
        `Nothing is known of the account ${sid}, and it is not configured: is that its SID? Until it comes, the token opens nothing of it.`,
      );
    }
    if (values.json) return print(JSON.stringify(answer, undefined, 2));
    note(`Made ${answer.token.tokenId}, good until ${formatMoment(answer.token.expiresAt)}. It is shown this once:`);
    print(answer.secret);
  },
};

function readAccounts(values: Readonly<Record<string, unknown>>): 'all' | string[] {
  const named = (values.account ?? []) as readonly string[];
  if (named.length > 0 === (values['all-accounts'] === true)) {
    throw new UsageError('say either --account AC… for each account that it opens, or --all-accounts');
  }
  return named.length === 0 ? 'all' : named.map((sid) => inTwiliosSpelling(sid, ['AC'], `--account "${sid}"`));
}

function readEnd(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const [, days] = /^(\d{1,4})d$/.exec(text) ?? [];
  if (days !== undefined) return new Date(Date.now() + Number(days) * DAY_MS).toISOString();
  if (z.iso.datetime({ offset: true }).safeParse(text).success) return text;
  throw new UsageError(
    `--expires is "${text}": give a number of days such as 30d, or a moment such as 2027-01-01T00:00:00Z`,
  );
}
