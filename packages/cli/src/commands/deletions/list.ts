import type { Command } from '../../command.ts';
import { fetchList, LIMIT_DEFAULT, limitIn, limitOption } from '../../fetch-list.ts';
import { jsonOption } from '../../flags.ts';
import { refuseArguments } from '../../positionals.ts';
import { formatMoment, formatTable } from '../../table.ts';
import { accountIn, accountOption } from '../sids.ts';
import { type DeletionRow, deletionRow, failuresOf } from './answers.ts';

const STATUSES = ['running', 'partial', 'failing', 'done'];
const CAUSES = ['refusal', 'withdrawal', 'schedule', 'operator', 'erasure'];

export const listDeletions: Command = {
  name: 'deletions list',
  summary: 'list deletions that have begun, newest first',
  help: `onrecord deletions [list] [--status STATUS] [--cause CAUSE] [--account SID] [--limit N] [--json]

  --status STATUS  only those that are ${STATUSES.join(', ')}
  --cause CAUSE    only those for ${CAUSES.join(', ')}
  --account SID    only those of this account; of all by default
  --limit N        at most N, ${LIMIT_DEFAULT} by default
  --json           one JSON array, for programs`,
  options: {
    ...accountOption,
    ...limitOption,
    ...jsonOption,
    status: { type: 'string', choices: STATUSES },
    cause: { type: 'string', choices: CAUSES },
  },
  run: async ({ api, print, width }, { values, positionals }) => {
    refuseArguments(positionals, '`onrecord deletions show RE….1` shows one');
    const query = {
      status: values.status as string | undefined,
      cause: values.cause as string | undefined,
      accountSid: accountIn(values),
    };
    const of = { name: 'deletions', schema: deletionRow };
    const found = await fetchList(await api(), '/v1/deletions', of, query, limitIn(values));
    if (values.json) return print(JSON.stringify(found, undefined, 2));
    if (found.length === 0) return print('There are no such deletions.');
    print(formatTable(['DELETION', 'STATUS', 'WHAT', 'CAUSE', 'BEGUN', 'WHY NOT YET'], found.map(toRow), width));
  },
};

const toRow = (deletion: DeletionRow) => [
  deletion.deletionId,
  deletion.status,
  deletion.data.join(', '),
  deletion.cause,
  formatMoment(deletion.startedAt),
  failuresOf(deletion),
];
