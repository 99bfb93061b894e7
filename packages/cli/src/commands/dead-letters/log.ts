import { userInfo } from 'node:os';
import { readSettings, SettingsError } from '@onrecord/shared/config/settings';
import { type DeadLetter, readDeadLetters, type WholeDeadLetter } from '@onrecord/shared/event-log/dead-letters';
import { openEventLog } from '@onrecord/shared/event-log/open';
import { type EventLog, EventLogUnavailableError, TopicMismatchError } from '@onrecord/shared/event-log/port';
import { eventLogSettings, toEventLogOptions } from '@onrecord/shared/event-log/settings';
import { TOPICS } from '@onrecord/shared/events';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { z } from 'zod';
import type { Arguments, CommandContext, Flag } from '../../command.ts';
import { CommandError, UsageError } from '../../errors.ts';
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

/** Opens the log of the environment, does the work, and closes it. @throws CommandError */
export async function withEventLog<T>(
  { environment }: CommandContext,
  work: (log: EventLog) => Promise<T>,
): Promise<T> {
  try {
    const settings = readSettings(z.object(eventLogSettings), environment);
    const logger = createLogger({ service: 'cli', level: 'silent' });
    const log = await openEventLog({ ...toEventLogOptions(settings), clientId: 'onrecord-cli', logger });
    return await work(log).finally(() => log.close());
  } catch (error) {
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

/** As whom the command line settles dead letters: the user of this machine. */
export const operator = () => userInfo().username;
