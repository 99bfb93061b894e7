import type { Command } from '../../command.ts';
import { fetchList, LIMIT_DEFAULT, limitIn, limitOption } from '../../fetch-list.ts';
import { jsonOption } from '../../flags.ts';
import { refuseArguments } from '../../positionals.ts';
import { formatMoment, formatTable } from '../../table.ts';
import { matter } from './answers.ts';

export const listMatters: Command = {
  name: 'matters list',
  summary: 'list matters, newest first',
  help: `onrecord matters [list] [--limit N] [--json]

  --limit N  at most N, ${LIMIT_DEFAULT} by default
  --json     one JSON array, for programs`,
  options: { ...limitOption, ...jsonOption },
  run: async ({ api, print, width }, { values, positionals }) => {
    refuseArguments(positionals, '`onrecord matters show ID` shows one');
    const limit = limitIn(values);
    const found = await fetchList(await api(), '/v1/matters', { name: 'matters', schema: matter }, {}, limit);
    if (values.json) return print(JSON.stringify(found, undefined, 2));
    if (found.length === 0) return print('No matter was opened yet.');
    const rows = found.map(({ matterId, openedAt, openedBy, name }) => [
      ...[matterId, formatMoment(openedAt), openedBy, name],
    ]);
    print(formatTable(['MATTER', 'OPENED', 'BY', 'NAME'], rows, width));
  },
};
