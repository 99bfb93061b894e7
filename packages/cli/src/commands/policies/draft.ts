import { z } from 'zod';
import type { Command } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { jsonOption } from '../../flags.ts';
import { accountIn, accountOption } from '../sids.ts';
import { policyAnswer } from './policy-answers.ts';
import { faultsIn, readPolicyFile } from './policy-file.ts';

const draftedPolicy = policyAnswer.extend({ isNew: z.boolean(), state: z.enum(['draft', 'active']) });
const SAID = { draft: 'a draft', active: 'the one that holds' } as const;

export const draftPolicy: Command = {
  name: 'policies draft',
  summary: 'send a policy as the next version of its name, unless it is the newest one already; nothing changes yet',
  help: `onrecord policies draft FILE [--account SID] [--json]

  FILE           a policy in YAML or JSON; - reads the standard input
  --account SID  for this account; the installation's own by default
  --json         the draft as JSON`,
  options: { ...accountOption, ...jsonOption },
  run: async ({ api, print }, { values, positionals }) => {
    const source = await readPolicyFile(positionals, 'onrecord policies draft calls.yaml');
    const faults = faultsIn(source, positionals[0] ?? '');
    if (faults.length > 0) throw new CommandError(faults.join('\n'));
    const accountSid = accountIn(values);
    const body = { source, ...(accountSid !== undefined && { accountSid }) };
    const draft = await (await api()).send('POST', '/v1/policies', draftedPolicy, body);
    if (values.json) return print(JSON.stringify(draft, undefined, 2));
    if (!draft.isNew)
      return print(`Nothing was drafted: it is ${draft.id} to the letter, which is ${SAID[draft.state]}.`);
    print(`Drafted ${draft.id}. See what it would change: onrecord policies simulate ${draft.id}`);
  },
};
