import { explainedDecision, explainedDecisions } from '../answers.ts';
import type { Command } from '../command.ts';
import { jsonOption } from '../flags.ts';
import { accountIn, accountOption, onlySid } from './sids.ts';

export const decision: Command = {
  name: 'decision',
  summary: 'why a recording is kept, waits or goes, in plain words',
  help: `onrecord decision RE… [--all] [--account SID] [--json]

  --all          every decision on the recording, newest first, and not only the one that holds
  --account SID  of this account alone; needed where two accounts know of the same SID
  --json         with the facts that each was made from, as JSON`,
  options: { ...accountOption, all: { type: 'boolean' }, ...jsonOption },
  run: async ({ api, print }, { values, positionals }) => {
    const sid = onlySid(positionals, ['RE'], 'onrecord decision RE…');
    const query = { accountSid: accountIn(values) };
    const client = await api();
    const found = values.all
      ? (await client.get(`/v1/recordings/${sid}/decisions`, explainedDecisions, query)).decisions
      : [await client.get(`/v1/recordings/${sid}/decision`, explainedDecision, query)];
    if (values.json) return print(JSON.stringify(values.all ? found : found[0], undefined, 2));
    print(found.map(({ explanation }) => explanation.join('\n')).join('\n\n') || `Nothing was decided on ${sid} yet.`);
  },
};
