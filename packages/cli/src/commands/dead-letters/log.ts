import { type Environment, readSettings, SettingsError } from '@onrecord/shared/config/settings';
import { type DeadLetter, readDeadLetters, type WholeDeadLetter } from '@onrecord/shared/event-log/dead-letters';
import { openEventLog } from '@onrecord/shared/event-log/open';
import { type EventLog, EventLogUnavailableError, TopicMismatchError } from '@onrecord/shared/event-log/port';
import { eventLogSettings, toEventLogOptions } from '@onrecord/shared/event-log/settings';
import { TOPICS } from '@onrecord/shared/events';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { z } from 'zod';
import type { Arguments, CommandContext, Flag } from '../../command.ts';
import { CommandError, UsageError } from '../../errors.ts';
import { readStarted } from '../../read-started.ts';
import { periodIn, periodOptions, TIME_HELP } from '../period.ts';

const TOPIC_NAMES: readonly string[] = Object.values(TOPICS);

/** Which dead letters are meant. */
export const filterOptions = {
  ...periodOptions,
  topic: { type: 'string', choices: TOPIC_NAMES },
  reason: { type: 'string' },
  settled: { type: 'boolean' },
} as const satisfies Record<string, Flag>;

export const FILTER_HELP = `--topic TOPIC     those of this topic: ${TOPIC_NAMES.join(', ')}
  --reason TEXT     those whose reason has this text in it
  --since, --until  when they were given up: ${TIME_HELP}`;

const started = z.looseObject({ EVENTS_URL: z.string() }).catchall(z.string());

/** Of the environment; without EVENTS_URL, of an Onrecord that was started on this machine. */
async function findEventLog(environment: Environment): Promise<{ settings: Environment; path?: string }> {
  if (environment.EVENTS_URL?.trim()) return { settings: environment };
  const what = { schema: started, lacks: 'EVENTS_URL', settings: 'EVENTS_URL' };
  const { found, path } = await readStarted(environment, 'event-log.json', what);
  return { settings: found, path };
}

/** Opens the log of the environment or of the data folder, does the work, and closes it. @throws CommandError */
export async function withEventLog<T>(
  { environment }: CommandContext,
  work: (log: EventLog) => Promise<T>,
): Promise<T> {
  const { settings: from, path } = await findEventLog(environment);
  try {
    const settings = readSettings(z.object(eventLogSettings), from);
    const logger = createLogger({ service: 'cli', level: 'silent' });
    const log = await openEventLog({ ...toEventLogOptions(settings), clientId: 'onrecord-cli', logger });
    return await work(log).finally(() => log.close());
  } catch (error) {
    if (path !== undefined && error instanceof EventLogUnavailableError) {
      const why = ((error.cause as Error | undefined) ?? error).message;
      throw new CommandError(
        `the event log that ${path} names cannot be used (${why}): start it with \`npx -y pnpm@10 start\``,
      );
    }
    const isOurs = [SettingsError, EventLogUnavailableError, TopicMismatchError].some((kind) => error instanceof kind);
    throw isOurs ? new CommandError((error as Error).message) : error;
  }
}

/** @returns those that the flags and the names select, oldest first, each with its event. @throws UsageError */
export async function selectLetters(log: EventLog, { values, positionals }: Arguments, atMost: number) {
  const { since, until } = periodIn(values);
  const topics = new Set<string>(values.topic === undefined ? TOPIC_NAMES : [String(values.topic)]);
  const named = new Set(positionals);
  for (const id of named)
    if (!ID.test(id)) throw new UsageError(`"${id}" is no dead letter's id, such as onrecord.media/0/17`);
  const isMeant = (letter: DeadLetter) =>
    (named.size === 0 || named.has(letter.id)) &&
    (values.reason === undefined || letter.reason?.includes(String(values.reason)) === true) &&
    (since === undefined || letter.buriedAt.toISOString() >= since) &&
    (until === undefined || letter.buriedAt.toISOString() < until);
  const found: WholeDeadLetter[] = [];
  for (const topic of topics) {
    if (named.size > 0 && ![...named].some((id) => id.startsWith(`${topic}/`))) continue;
    const letters = await readDeadLetters(log, topic, isMeant);
    found.push(...letters.filter(({ settled }) => settled === undefined || values.settled === true || named.size > 0));
  }
  return found.toSorted((a, b) => a.buriedAt.getTime() - b.buriedAt.getTime()).slice(0, atMost);
}

const ID = /^[\w.-]+\/\d{1,6}\/\d{1,19}$/;
