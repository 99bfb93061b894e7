import type { Command } from '../../command.ts';
import { fetchList, LIMIT_DEFAULT, limitIn, limitOption } from '../../fetch-list.ts';
import { jsonOption } from '../../flags.ts';
import { refuseArguments } from '../../positionals.ts';
import { formatMoment, formatTable } from '../../table.ts';
import { accountIn, accountOption } from '../sids.ts';
import { type PolicySummary, policySummary } from './policy-answers.ts';

export const listPolicies: Command = {
  name: 'policies list',
  summary: 'list versions of policies, newest first',
  help: `onrecord policies [list] [--account SID] [--limit N] [--json]

  --account SID  only those of this account; of all by default
  --limit N      at most N, ${LIMIT_DEFAULT} by default
  --json         one JSON array, for programs`,
  options: { ...accountOption, ...limitOption, ...jsonOption },
  run: async ({ api, print, note, width }, { values, positionals }) => {
    refuseArguments(positionals, 'this command lists');
    const query = { accountSid: accountIn(values) };
    const of = { name: 'policies', schema: policySummary };
    const found = await fetchList(await api(), '/v1/policies', of, query, limitIn(values));
    if (values.json) return print(JSON.stringify(found, undefined, 2));
    if (found.length === 0) return print('There is no policy: the built-in one of the settings holds.');
    print(formatTable(['POLICY', 'STATE', 'ACCOUNT', 'DRAFTED', 'HELD FROM', 'UNTIL'], found.map(toRow), width));
    if (!found.some(({ state }) => state === 'active'))
      note('None of these holds: for their accounts it is another one, or the built-in one of the settings.');
  },
};

const toRow = (policy: PolicySummary) => [
  policy.id,
  policy.state,
  policy.accountSid,
  formatMoment(policy.draftedAt),
  formatMoment(policy.activatedAt),
  formatMoment(policy.supersededAt),
];
