import { z } from 'zod';
import type { Command } from '../../command.ts';
import { allOption, fetchPages, LIMIT_DEFAULT, limitIn, limitOption } from '../../fetch-list.ts';
import { jsonOption } from '../../flags.ts';
import { refuseArguments } from '../../positionals.ts';
import { printPages } from '../../print-pages.ts';
import { formatMoment } from '../../table.ts';
import { accountIn, accountOption, isItKnown, sidIn } from '../sids.ts';

const placed = z.looseObject({
  accountSid: z.string(),
  position: z.number(),
  entry: z.looseObject({
    at: z.iso.datetime({ offset: true }),
    kind: z.string(),
    actor: z.looseObject({ kind: z.string(), id: z.string() }),
    subject: z.record(z.string(), z.string()),
    details: z.record(z.string(), z.unknown()),
  }),
});

/** Those that the records API knows. */
const KINDS = [
  ...['consent.recorded', 'decision.made', 'retention.changed'],
  ...['deletion.begun', 'deletion.found', 'deletion.attempted', 'deletion.completed', 'deletion.rechecked'],
  ...['deletion.certified', 'deletion.residue-checked', 'policy.drafted', 'policy.activated', 'tags.changed'],
  ...['numbers.replaced', 'metadata.removed', 'access.granted', 'records.read', 'subject.exported'],
  ...['token.created', 'token.revoked', 'authorisation.failed', 'erasure.requested', 'erasure.joined'],
  ...[
    'erasure.completed',
    'erasure.residue-named',
    'erasure.residue-gone',
    'erasure.call-deleted',
    'matter.opened',
    'hold.placed',
  ],
  ...['hold.release-requested', 'hold.released', 'dead-letter.settled'],
];

export const listAudit: Command = {
  name: 'audit list',
  summary: 'list what happened and who did it, oldest first, in the order of the audit log',
  help: `onrecord audit [list] [--kind KIND] [--recording RE…] [--account SID] [--limit N | --all] [--json]

  --kind KIND      only entries of this kind, such as decision.made; another one is answered with all that there are
  --recording RE…  only those about this recording
  --account SID    only the log of this account; one account's after the other's by default
  --limit N        the first N, ${LIMIT_DEFAULT} by default; --all: to the end
  --json           one JSON array, each entry with its exact text, which is what is hashed

PLACE is the account and the position in its log, which counts from 0 without gaps.`,
  options: {
    ...accountOption,
    ...limitOption,
    ...allOption,
    ...jsonOption,
    kind: { type: 'string', choices: KINDS },
    recording: { type: 'string' },
  },
  run: async (context, { values, positionals }) => {
    refuseArguments(positionals, 'this command lists; of one recording by --recording RE…');
    const query = {
      kind: values.kind as string | undefined,
      recordingSid: sidIn(values, 'recording', 'RE'),
      accountSid: accountIn(values),
    };
    const limit = limitIn(values);
    const of = { name: 'entries', schema: placed };
    const pages = fetchPages(await context.api(), '/v1/audit-entries', of, query, limit);
    const none = `Nothing like that is on record.${isItKnown(query.recordingSid)}`;
    await printPages(context, pages, values.json === true, { header: HEADER, toRow, none });
  },
};

const HEADER = ['PLACE', 'WHEN', 'KIND', 'WHO', 'ABOUT', 'DETAILS'];

const toRow = ({ accountSid, position, entry }: z.output<typeof placed>) => [
  ...[`${accountSid}/${position}`, formatMoment(entry.at), entry.kind, `${entry.actor.kind} ${entry.actor.id}`],
  ...[Object.values(entry.subject).join(' '), JSON.stringify(entry.details)],
];
