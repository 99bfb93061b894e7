import { readPolicy } from '@onrecord/shared/policy/read-policy';
import type { Command } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { jsonOption } from '../../flags.ts';
import { faultsIn, readPolicyFile } from './policy-file.ts';

export const checkPolicy: Command = {
  name: 'policies check',
  summary: 'check a policy in a file; needs no running Onrecord',
  help: `onrecord policies check FILE [--json]

  FILE    a policy in YAML or JSON; - reads the standard input
  --json  its faults as a JSON array, each with line and column

Ends with 1 where anything is wrong with it.`,
  options: jsonOption,
  run: async ({ print }, { values, positionals }) => {
    const source = await readPolicyFile(positionals, 'onrecord policies check calls.yaml');
    const { policy, faults = [] } = readPolicy(source);
    if (values.json) print(JSON.stringify(faults, undefined, 2));
    else for (const fault of faultsIn(source, positionals[0] ?? '')) print(fault);
    if (policy === undefined) throw new CommandError(`${faults.length} fault${faults.length === 1 ? '' : 's'}`);
    if (!values.json) print(`Nothing is wrong with the policy ${policy.name}.`);
  },
};
