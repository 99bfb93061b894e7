import type { Command } from '../../command.ts';
import { jsonOption } from '../../flags.ts';
import { accountIn, accountOption } from '../sids.ts';
import { onlyPolicy } from './policy-answers.ts';
import { describeSimulation, simulatePolicy } from './simulation.ts';

export const simulate: Command = {
  name: 'policies simulate',
  summary: 'compare a version with what the ledger has; nothing changes',
  help: `onrecord policies simulate POLICY [--account SID] [--json]

  POLICY         a version, such as calls.v3; built-in for going back to the settings
  --account SID  of this account alone; needed where two accounts have such a version
  --json         counts and samples as JSON`,
  options: { ...accountOption, ...jsonOption },
  run: async ({ api, print, progress, width }, { values, positionals }) => {
    const id = onlyPolicy(positionals, 'onrecord policies simulate calls.v3');
    const found = await simulatePolicy(await api(), id, accountIn(values), progress);
    print(values.json ? JSON.stringify(found, undefined, 2) : describeSimulation(found, width));
  },
};
