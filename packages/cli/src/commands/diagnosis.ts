import { callDiagnosis } from '../answers.ts';
import type { Command } from '../command.ts';
import { jsonOption } from '../flags.ts';
import { accountIn, accountOption, onlySid } from './sids.ts';

export const diagnosis: Command = {
  name: 'diagnosis',
  summary: 'explain why a call went as it did',
  help: `onrecord diagnosis CA… [--account SID] [--json]

  Says in plain words what happened to a call and the legs that it dialled, the likeliest cause, whether trying again helps, and
  what to mend. Codes that are not known are said to be unknown.

  --account SID  of this account alone; needed where two accounts know of the same SID
  --json         the explanation with its evidence, as JSON`,
  options: { ...accountOption, ...jsonOption },
  run: async ({ api, print }, { values, positionals }) => {
    const sid = onlySid(positionals, ['CA'], 'onrecord diagnosis CA…');
    const accountSid = accountIn(values);
    const found = await (await api()).get(`/v1/calls/${sid}/diagnosis`, callDiagnosis, {
      accountSid,
    });
    if (values.json) return print(JSON.stringify(found, undefined, 2));
    print(found.explanation.join('\n'));
    if (found.diagnosis?.page !== undefined) print(`\nTwilio’s page: ${found.diagnosis.page}`);
  },
};
