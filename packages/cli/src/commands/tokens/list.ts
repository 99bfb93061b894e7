import type { Command } from '../../command.ts';
import { fetchList, LIMIT_DEFAULT, limitIn, limitOption } from '../../fetch-list.ts';
import { jsonOption } from '../../flags.ts';
import { refuseArguments } from '../../positionals.ts';
import { formatTable } from '../../table.ts';
import { HEADER, token, toRow } from './token.ts';

export const listTokens: Command = {
  name: 'tokens list',
  summary: 'list the tokens of the records API, without their secrets',
  help: `onrecord tokens [list] [--limit N] [--json]

  --limit N  at most N, ${LIMIT_DEFAULT} by default
  --json     one JSON array, for programs`,
  options: { ...limitOption, ...jsonOption },
  run: async ({ api, print, width }, { values, positionals }) => {
    refuseArguments(positionals, 'this command lists');
    const found = await fetchList(await api(), '/v1/tokens', { name: 'tokens', schema: token }, {}, limitIn(values));
    if (values.json) return print(JSON.stringify(found, undefined, 2));
    if (found.length === 0) return print('There are no tokens but RECORDS_API_TOKEN.');
    print(formatTable(HEADER, found.map(toRow), width));
  },
};
