import type { Command } from '../../command.ts';
import { jsonOption } from '../../flags.ts';
import { accountIn, accountOption } from '../sids.ts';
import { onlyPolicy, policyAnswer } from './policy-answers.ts';

export const showPolicy: Command = {
  name: 'policies show',
  summary: 'print a version of a policy, as it was drafted',
  help: `onrecord policies show POLICY [--account SID] [--json]

  POLICY         a version, such as calls.v3
  --account SID  of this account alone; needed where two accounts have such a version
  --json         with its state, who drafted and who activated it, as JSON`,
  options: { ...accountOption, ...jsonOption },
  run: async ({ api, print }, { values, positionals }) => {
    const id = onlyPolicy(positionals, 'onrecord policies show calls.v3');
    const found = await (await api()).get(`/v1/policies/${id}`, policyAnswer, { accountSid: accountIn(values) });
    print(values.json ? JSON.stringify(found, undefined, 2) : found.source.trimEnd());
  },
};
