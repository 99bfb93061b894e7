import type { Command } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { jsonOption } from '../../flags.ts';
import { accountIn, accountOption } from '../sids.ts';
import { matter } from './answers.ts';

export const openMatter: Command = {
  name: 'matters open',
  summary: 'open a matter, for which holds are placed',
  help: `onrecord matters open NAME [--account SID] [--json]

  NAME           what it is, such as "Smith v. Jones"; write no telephone numbers here, an erasure does not find them
  --account SID  of this account; the one that the service is set up with by default
  --json         the answer of the records API`,
  options: { ...accountOption, ...jsonOption },
  fields: { name: 'NAME' },
  run: async ({ api, print, note }, { values, positionals }) => {
    const [name, ...more] = positionals;
    if (name === undefined || more.length > 0) throw new UsageError('say in one word or in quotes what the matter is');
    const accountSid = accountIn(values);
    const body = { name, ...(accountSid !== undefined && { accountSid }) };
    const opened = await (await api()).send('POST', '/v1/matters', matter, body);
    if (values.json) return print(JSON.stringify(opened, undefined, 2));
    print(opened.matterId);
    note(`Opened for ${opened.name}. Place a hold: onrecord holds place --matter ${opened.matterId} --help`);
  },
};
