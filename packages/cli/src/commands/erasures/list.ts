import type { Command } from '../../command.ts';
import { fetchList, LIMIT_DEFAULT, limitIn, limitOption } from '../../fetch-list.ts';
import { jsonOption } from '../../flags.ts';
import { refuseArguments } from '../../positionals.ts';
import { formatMoment, formatTable } from '../../table.ts';
import { erasure } from './answers.ts';

export const listErasures: Command = {
  name: 'erasures list',
  summary: 'list erasures, newest first',
  help: `onrecord erasures [list] [--limit N] [--json]

  --limit N  at most N, ${LIMIT_DEFAULT} by default
  --json     one JSON array, for programs`,
  options: { ...limitOption, ...jsonOption },
  run: async ({ api, print, width }, { values, positionals }) => {
    refuseArguments(positionals, '`onrecord erasures show ID` shows one');
    const of = { name: 'erasures', schema: erasure };
    const found = await fetchList(await api(), '/v1/erasures', of, {}, limitIn(values));
    if (values.json) return print(JSON.stringify(found, undefined, 2));
    if (found.length === 0) return print('Nothing was asked to be erased.');
    const rows = found.map(({ erasureId, state, requestedAt, completedAt, party, callSid }) => [
      ...[erasureId, state, formatMoment(requestedAt), formatMoment(completedAt), party ?? callSid ?? ''],
    ]);
    print(formatTable(['ERASURE', 'STATE', 'REQUESTED', 'COMPLETED', 'OF'], rows, width));
  },
};
