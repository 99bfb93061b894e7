import { settleDeadLetters } from '@onrecord/shared/event-log/dead-letters';
import { DEFAULT_RETRY_POLICY } from '@onrecord/shared/event-log/failure-policy';
import type { SettledOutcome } from '@onrecord/shared/event-log/settled-event';
import type { Arguments, Command, CommandContext } from '../../command.ts';
import { CommandError, UsageError } from '../../errors.ts';
import { EXIT } from '../../exit-status.ts';
import { LIMIT_DEFAULT, limitIn, limitOption } from '../../fetch-list.ts';
import { yesOption } from '../../flags.ts';
import { FILTER_HELP, filterOptions, selectLetters, withEventLog } from './log.ts';
import { accountsOf, settlingIn, WHO_HELP, whoOptions } from './who-settles.ts';

const { settled: _, ...meant } = filterOptions;
const options = {
  ...meant,
  ...limitOption,
  ...yesOption,
  ...whoOptions,
  all: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
} as const;

const help = (
  verb: string,
  why: string,
  what: string,
) => `onrecord dead-letters ${verb} ID… | --all [--topic TOPIC] [--reason TEXT] [--since TIME] [--until TIME]
                            ${why} [--by NAME] [--limit N] [--dry-run] [--yes]

  ${what}

  --all             all that the flags select, up to the limit
  ${FILTER_HELP}
  --limit N         at most N, ${LIMIT_DEFAULT} by default, the oldest first
  ${WHO_HELP}
  --dry-run         say which, and do nothing
  --yes             do not ask`;

export const replayDeadLetters: Command = {
  name: 'dead-letters replay',
  summary: 'have dead letters handled again',
  help: help(
    'replay',
    '[--why TEXT]',
    `Gives each to the services once more that could not handle it, and to no other, with all its attempts before it. Mend first what
  the reason names. What was handled meanwhile is not handled twice: handlers know an event by its id.`,
  ),
  options,
  run: (context, args) => settle(context, args, 'replayed'),
};

export const discardDeadLetters: Command = {
  name: 'dead-letters discard',
  summary: 'put dead letters aside for good',
  help: help(
    'discard',
    '--why TEXT',
    `Puts them aside: they are listed no more, and never handled. Who did so and why goes on record in the audit log. They stay in the event
  log until the retention of the topic ends, since a log forgets nothing sooner.`,
  ),
  options,
  run: (context, args) => settle(context, args, 'discarded'),
};

async function settle(context: CommandContext, args: Arguments, outcome: SettledOutcome): Promise<void> {
  const { values, positionals } = args;
  if (positionals.length > 0 === (values.all === true))
    throw new UsageError('name dead letters, or say --all with what selects them');
  const limit = limitIn(values);
  const by = settlingIn(args, outcome);
  await withEventLog(context, async (log) => {
    const letters = (await selectLetters(log, args, limit)).filter(({ settled }) => settled === undefined);
    if (letters.length < positionals.length) {
      throw new CommandError(
        `${positionals.length - letters.length} of ${positionals.length} are not there, or settled already: \`onrecord dead-letters --settled\``,
        EXIT.notFound,
      );
    }
    for (const { id, key, reason = '' } of letters) if (values['dry-run']) context.print(`${id}  ${key}  ${reason}`);
    if (values['dry-run'] || letters.length === 0) {
      return context.print(`${letters.length} would be ${outcome}. Nothing was done.`);
    }
    const accountOf = accountsOf(letters, context.environment);
    await context.confirm(`${outcome === 'replayed' ? 'Replay' : 'Discard'} ${letters.length} dead letter(s)?`);
    const progress = context.progress(outcome);
    let done = 0;
    try {
      const settling = { ...by, at: new Date(), accountOf, retryPolicy: DEFAULT_RETRY_POLICY };
      await settleDeadLetters(log, letters, outcome, settling, () => progress.at(++done, letters.length));
    } catch (error) {
      if (done === 0) throw error;
      throw new CommandError(
        `${done} of ${letters.length} ${outcome}, then: ${(error as Error).message}`,
        EXIT.partial,
      );
    } finally {
      progress.end();
    }
    context.print(`${done} ${outcome}.`);
  });
}
