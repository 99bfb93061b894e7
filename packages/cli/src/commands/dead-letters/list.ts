import type { WholeDeadLetter } from '@onrecord/shared/event-log/dead-letters';
import type { Command } from '../../command.ts';
import { LIMIT_DEFAULT, limitIn, limitOption } from '../../fetch-list.ts';
import { jsonOption } from '../../flags.ts';
import { onlyArgument } from '../../positionals.ts';
import { formatMoment, formatTable } from '../../table.ts';
import { foundOne } from './found-one.ts';
import { FILTER_HELP, filterOptions, selectLetters, withEventLog } from './log.ts';

/** Without the event itself, which may be large and say who called. */
const viewLetter = ({ record: _, ...letter }: WholeDeadLetter) => letter;

export const listDeadLetters: Command = {
  name: 'dead-letters list',
  summary: 'list events that could not be handled and wait for somebody',
  help: `onrecord dead-letters [list] [--topic TOPIC] [--reason TEXT] [--since TIME] [--until TIME] [--settled]
                            [--limit N] [--json]

  Reads the event log itself, by the EVENTS_… settings that the services are started with; without EVENTS_URL, that of an Onrecord which
  was started on this machine, by its data folder. No service needs to run, but the log does.

  ${FILTER_HELP}
  --settled         also those that were replayed or discarded
  --limit N         at most N, ${LIMIT_DEFAULT} by default, the oldest first
  --json            one JSON array, for programs`,
  options: { ...filterOptions, ...limitOption, ...jsonOption },
  run: async (context, args) => {
    const limit = limitIn(args.values);
    const found = await withEventLog(context, (log) => selectLetters(log, args, limit));
    if (args.values.json) return context.print(JSON.stringify(found.map(viewLetter), undefined, 2));
    if (found.length === 0) return context.print('There are no dead letters.');
    const rows = found.map(({ id, key, buriedAt, attempts, stage = '', reason = '', settled }) => [
      ...[id, key, formatMoment(buriedAt.toISOString()), String(attempts), stage],
      `${settled === undefined ? '' : `(${settled.outcome} by ${settled.by}) `}${reason}`,
    ]);
    context.print(formatTable(['DEAD LETTER', 'KEY', 'GIVEN UP', 'ATTEMPTS', 'STAGE', 'REASON'], rows, context.width));
  },
};

export const showDeadLetter: Command = {
  name: 'dead-letters show',
  summary: 'show a dead letter with its event',
  help: `onrecord dead-letters show ID

  The event as it came, with its headers: it may say who called whom.`,
  options: {},
  run: async (context, args) => {
    onlyArgument(args.positionals, 'onrecord dead-letters show onrecord.media/0/17');
    const [found] = await withEventLog(context, (log) => selectLetters(log, args, 1));
    const letter = foundOne(found, args.positionals);
    const text = Buffer.from(letter.record.value).toString();
    context.print(
      JSON.stringify({ ...viewLetter(letter), headers: letter.record.headers, data: parsed(text) }, undefined, 2),
    );
  },
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
