import type { Command } from '../../command.ts';
import { fetchList, LIMIT_DEFAULT, limitIn, limitOption } from '../../fetch-list.ts';
import { jsonOption } from '../../flags.ts';
import { refuseArguments } from '../../positionals.ts';
import { matterIdIn } from '../matters/answers.ts';
import { inTwiliosSpelling } from '../sids.ts';
import { hold } from './answers.ts';
import { holdTable } from './describe.ts';

export const listHolds: Command = {
  name: 'holds list',
  summary: 'list holds, newest first',
  help: `onrecord holds [list] [--matter ID] [--recording RE…] [--status STATUS] [--limit N] [--json]

  --matter ID      only those of this matter
  --recording RE…  only those that cover or covered this recording
  --status STATUS  standing (also where its release is asked for) or released
  --limit N        at most N, ${LIMIT_DEFAULT} by default
  --json           one JSON array, for programs`,
  options: {
    ...limitOption,
    ...jsonOption,
    matter: { type: 'string' },
    recording: { type: 'string' },
    status: { type: 'string', choices: ['standing', 'released'] },
  },
  run: async ({ api, print, width }, { values, positionals }) => {
    refuseArguments(positionals, '`onrecord holds show ID` shows one');
    const { matter, recording } = values;
    const query = {
      matterId: matter === undefined ? undefined : matterIdIn(String(matter), `--matter "${matter}"`),
      recordingSid:
        recording === undefined
          ? undefined
          : inTwiliosSpelling(String(recording), ['RE'], `--recording "${recording}"`),
      status: values.status as string | undefined,
    };
    const limit = limitIn(values);
    const found = await fetchList(await api(), '/v1/holds', { name: 'holds', schema: hold }, query, limit);
    if (values.json) return print(JSON.stringify(found, undefined, 2));
    print(found.length === 0 ? 'There is no such hold.' : holdTable(found, width));
  },
};
