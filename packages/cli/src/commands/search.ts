import { z } from 'zod';
import type { Command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { fetchList, limitIn, limitOption } from '../fetch-list.ts';
import { jsonOption, PURPOSE_HELP, purposeOption } from '../flags.ts';
import { formatLength, formatMoment } from '../table.ts';
import { periodIn, periodOptions, TIME_HELP } from './period.ts';
import { accountIn, accountOption } from './sids.ts';

const highlight = z.looseObject({
  speaker: z.string(),
  start: z.number(),
  text: z.string(),
  marks: z.array(z.object({ start: z.number(), end: z.number() })),
});
const hit = z.looseObject({
  recordingSid: z.string(),
  beganAt: z.iso.datetime({ offset: true }),
  matches: z.number(),
  highlights: z.array(highlight),
});

/** The records API gives no more at a time: it reads each text again to find the places. */
const PAGE_MAX = 50;

export const search: Command = {
  name: 'search',
  summary: 'find transcripts by what was said',
  help: `onrecord search WORDS… [--since TIME] [--until TIME] [--account SID] [--limit N] [--purpose WHY] [--json]

  Finds recordings in which all of these words were said, in any form of them, newest first: refund matches refunding.
  "a phrase" in quotes, one or other, and -without work as in a web search; quote it for the shell.

  --since, --until ${TIME_HELP}
  --account SID    only those of this account; of all by default
  --limit N        at most N, 50 by default
  ${PURPOSE_HELP}
  --json           one JSON array, with where the words are in each text`,
  options: { ...accountOption, ...limitOption, ...jsonOption, ...periodOptions, ...purposeOption },
  fields: { q: 'WORDS' },
  run: async ({ api, print, width }, { values, positionals }) => {
    if (positionals.length === 0) throw new UsageError('say what to look for: onrecord search refund');
    const query = { q: positionals.join(' '), ...periodIn(values), accountSid: accountIn(values) };
    const of = { name: 'hits', schema: hit, pageMax: PAGE_MAX };
    const found = await fetchList(await api(), '/v1/transcripts', of, query, limitIn(values));
    if (values.json) return print(JSON.stringify(found, undefined, 2));
    if (found.length === 0) return print('Nobody said that.');
    for (const { recordingSid, beganAt, matches, highlights } of found) {
      print(`${recordingSid}  ${formatMoment(beganAt)}  ${matches} ${matches === 1 ? 'place' : 'places'}`);
      for (const place of highlights) {
        print(
          `  ${formatLength(place.start).padStart(6)}  ${place.speaker}: ${emphasised(place, width !== undefined)}`,
        );
      }
    }
  },
};

/** Bold on a terminal, *so* elsewhere. What was said may have control characters of terminals in it, which are left out. */
function emphasised({ text, marks }: z.output<typeof highlight>, isTerminal: boolean): string {
  const [on, off] = isTerminal ? ['\u001b[1m', '\u001b[22m'] : ['*', '*'];
  let said = '';
  let from = 0;
  for (const { start, end } of marks) {
    said += `${harmless(text.slice(from, start))}${on}${harmless(text.slice(start, end))}${off}`;
    from = end;
  }
  return said + harmless(text.slice(from));
}

const harmless = (text: string) => text.replaceAll(/\p{Cc}/gu, ' ');
