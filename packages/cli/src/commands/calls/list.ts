import { z } from 'zod';
import type { Command } from '../../command.ts';
import { fetchList, LIMIT_DEFAULT, limitIn, limitOption } from '../../fetch-list.ts';
import { jsonOption } from '../../flags.ts';
import { refuseArguments } from '../../positionals.ts';
import { formatLength, formatMoment, formatTable } from '../../table.ts';
import { periodIn, periodOptions, TIME_HELP } from '../period.ts';
import { accountIn, accountOption } from '../sids.ts';

const call = z.looseObject({
  callSid: z.string(),
  status: z.string(),
  statusAt: z.iso.datetime({ offset: true }),
  direction: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  durationSeconds: z.number().optional(),
  recordings: z.number(),
});

/** Source: Twilio, "Call resource", `Status`. */
const STATUSES = [
  ...['queued', 'initiated', 'ringing', 'in-progress', 'completed', 'busy', 'no-answer', 'canceled', 'failed'],
];

export const listCalls: Command = {
  name: 'calls list',
  summary: 'list legs of calls, by when their status last changed, newest first',
  help: `onrecord calls [list] [--number +1…] [--status STATUS] [--direction DIRECTION] [--conference CF…]
                     [--since TIME] [--until TIME] [--account SID] [--limit N] [--json]

  --number +1…     who called or was called, in any spelling that says the country
  --status STATUS  one of ${STATUSES.join(', ')}
  --direction      as Twilio names it: inbound, outbound-api, outbound-dial
  --conference CF… legs of this conference
  --since, --until ${TIME_HELP}
  --account SID    only those of this account; of all by default
  --limit N        at most N, ${LIMIT_DEFAULT} by default
  --json           one JSON array, for programs`,
  options: {
    ...accountOption,
    ...limitOption,
    ...jsonOption,
    ...periodOptions,
    number: { type: 'string' },
    status: { type: 'string', choices: STATUSES },
    direction: { type: 'string', choices: ['inbound', 'outbound-api', 'outbound-dial'] },
    conference: { type: 'string' },
  },
  fields: { status: '--status', conferenceSid: '--conference' },
  run: async ({ api, print, width }, { values, positionals }) => {
    refuseArguments(positionals, '`onrecord calls show CA…`');
    const query = {
      number: values.number as string | undefined,
      status: values.status as string | undefined,
      direction: values.direction as string | undefined,
      conferenceSid: values.conference as string | undefined,
      ...periodIn(values),
      accountSid: accountIn(values),
    };
    const limit = limitIn(values);
    const found = await fetchList(await api(), '/v1/calls', { name: 'calls', schema: call }, query, limit);
    if (values.json) return print(JSON.stringify(found, undefined, 2));
    if (found.length === 0) return print('No call is like that.');
    const rows = found.map((each) => [
      ...[each.callSid, each.status, formatMoment(each.statusAt), formatLength(each.durationSeconds)],
      ...[String(each.recordings), `${each.from ?? ''} → ${each.to ?? ''}`],
    ]);
    print(formatTable(['CALL', 'STATUS', 'SINCE', 'LENGTH', 'RECORDINGS', 'FROM, TO'], rows, width));
  },
};
