import { z } from 'zod';
import type { Command } from '../../command.ts';
import { allOption, fetchPages, LIMIT_DEFAULT, limitIn, limitOption } from '../../fetch-list.ts';
import { jsonOption } from '../../flags.ts';
import { refuseArguments } from '../../positionals.ts';
import { printPages } from '../../print-pages.ts';
import { formatMoment } from '../../table.ts';
import { periodIn, periodOptions, TIME_HELP } from '../period.ts';
import { accountIn, accountOption, isItKnown, sidIn } from '../sids.ts';

const access = z.looseObject({
  recordingSid: z.string(),
  at: z.iso.datetime({ offset: true }),
  what: z.string(),
  format: z.string(),
  byteRange: z.string().optional(),
  purpose: z.string().optional(),
  principal: z.looseObject({ id: z.string(), name: z.string(), role: z.string() }),
  remoteAddress: z.string().optional(),
});

export const listAccesses: Command = {
  name: 'accesses list',
  summary: 'list who heard or read what, and why, newest first',
  help: `onrecord accesses [list] [--recording RE…] [--principal ID] [--since TIME] [--until TIME] [--account SID]
                        [--limit N | --all] [--json]

  --recording RE…   what of this recording was handed out
  --principal ID    what was handed to this one: the 24 hexadecimal digits of a token, or the id of a person
  --since, --until  ${TIME_HELP}
  --account SID     only those of this account; of all by default
  --limit N         at most N, ${LIMIT_DEFAULT} by default; --all: to the end
  --json            one JSON array, for programs`,
  options: {
    ...accountOption,
    ...limitOption,
    ...allOption,
    ...jsonOption,
    ...periodOptions,
    recording: { type: 'string' },
    principal: { type: 'string' },
  },
  fields: { principal: '--principal' },
  run: async (context, { values, positionals }) => {
    refuseArguments(positionals, 'this command lists; of one recording by --recording RE…');
    const query = {
      recordingSid: sidIn(values, 'recording', 'RE'),
      principal: values.principal as string | undefined,
      ...periodIn(values),
      accountSid: accountIn(values),
    };
    const limit = limitIn(values);
    const of = { name: 'accesses', schema: access };
    const pages = fetchPages(await context.api(), '/v1/accesses', of, query, limit);
    const none = `Nobody heard or read anything like that.${isItKnown(query.recordingSid)}`;
    await printPages(context, pages, values.json === true, { header: HEADER, toRow, none });
  },
};

const HEADER = ['WHEN', 'RECORDING', 'WHAT', 'WHO', 'ROLE', 'FROM', 'WHY'];

const toRow = ({ at, recordingSid, what, format, byteRange, principal, ...each }: z.output<typeof access>) => [
  ...[formatMoment(at), recordingSid, [`${what} (${format})`, byteRange].filter(Boolean).join(' ')],
  ...[`${principal.name} (${principal.id})`, principal.role, each.remoteAddress ?? '', each.purpose ?? ''],
];
