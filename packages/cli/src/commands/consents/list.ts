import { z } from 'zod';
import type { Command } from '../../command.ts';
import { allOption, fetchPages, LIMIT_DEFAULT, limitIn, limitOption } from '../../fetch-list.ts';
import { jsonOption } from '../../flags.ts';
import { refuseArguments } from '../../positionals.ts';
import { printPages } from '../../print-pages.ts';
import { formatMoment } from '../../table.ts';
import { accountIn, accountOption, sidIn } from '../sids.ts';
import { OUTCOMES, PURPOSES } from './words.ts';

const moment = z.iso.datetime({ offset: true });

const consent = z.looseObject({
  callSid: z.string().optional(),
  conferenceSid: z.string().optional(),
  number: z.string().optional(),
  party: z.string(),
  outcome: z.string(),
  purposes: z.array(z.string()),
  method: z.string(),
  recordedAt: moment,
  expiresAt: moment.optional(),
});

export const listConsents: Command = {
  name: 'consents list',
  summary: 'list what parties answered, newest first',
  help: `onrecord consents [list] [--call CA…] [--conference CF…] [--number +1…] [--party PARTY] [--outcome OUTCOME]
                        [--method METHOD] [--covers PURPOSE] [--account SID] [--limit N | --all] [--json]

  --call CA…        answers on this leg     --conference CF…  for this conference
  --number +1…      what the holder of this number answered by it, in any spelling that says the country
  --party PARTY     under this name, such as caller
  --outcome OUTCOME one of ${OUTCOMES.join(', ')}
  --method METHOD   given like this, such as key-press
  --covers PURPOSE  about ${PURPOSES.join(', ')}
  --account SID     only those of this account; of all by default
  --limit N         at most N, ${LIMIT_DEFAULT} by default; --all: to the end
  --json            one JSON array, with proof, prompt and language of each`,
  options: {
    ...accountOption,
    ...limitOption,
    ...allOption,
    ...jsonOption,
    call: { type: 'string' },
    conference: { type: 'string' },
    number: { type: 'string' },
    party: { type: 'string' },
    outcome: { type: 'string', choices: OUTCOMES },
    method: { type: 'string' },
    covers: { type: 'string', choices: PURPOSES },
  },
  fields: { party: '--party', method: '--method' },
  run: async (context, { values, positionals }) => {
    refuseArguments(positionals, 'this command lists, `onrecord consents record CA… --granted` records one');
    const query = {
      callSid: sidIn(values, 'call', 'CA'),
      conferenceSid: sidIn(values, 'conference', 'CF'),
      number: values.number as string | undefined,
      party: values.party as string | undefined,
      outcome: values.outcome as string | undefined,
      method: values.method as string | undefined,
      purpose: values.covers as string | undefined,
      accountSid: accountIn(values),
    };
    const limit = limitIn(values);
    const of = { name: 'consents', schema: consent };
    const pages = fetchPages(await context.api(), '/v1/consents', of, query, limit);
    await printPages(context, pages, values.json === true, { header: HEADER, toRow, none: 'No answer is like that.' });
  },
};

const HEADER = ['ANSWERED', 'OUTCOME', 'PARTY', 'OF', 'METHOD', 'ENDS', 'COVERS'];

const toRow = (each: z.output<typeof consent>) => [
  ...[formatMoment(each.recordedAt), each.outcome, each.party],
  ...[each.callSid ?? each.conferenceSid ?? each.number ?? '', each.method, formatMoment(each.expiresAt)],
  each.purposes.join(', '),
];
