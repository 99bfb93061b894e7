import { didYouMean } from '@onrecord/shared/config/nearest';
import type { Command } from './command.ts';
import { UsageError } from './errors.ts';

export type Found = { command: Command; rest: readonly string[] } | { help: string };

const asksForHelp = (word: string | undefined) => word === '--help' || word === '-h';

/**
 * The command that a line names: by a noun and a verb, by one word, or by a noun alone, which lists.
 * @throws UsageError with what there is instead
 */
export function findCommand(commands: readonly Command[], words: readonly string[]): Found {
  const [first, second] = words;
  if (first === undefined) throw new UsageError(`say what to do\n\n${overview(commands)}`);
  if (asksForHelp(first) || (first === 'help' && second === undefined)) return { help: overview(commands) };
  if (first === 'help') return findCommand(commands, [...words.slice(1), '--help']);
  const named = (name: string) => commands.find((command) => command.name === name);
  const two = second === undefined ? undefined : named(`${first} ${second}`);
  if (two !== undefined) return { command: two, rest: words.slice(2) };
  const one = named(first);
  if (one !== undefined) return { command: one, rest: words.slice(1) };
  const ofNoun = commands.filter(({ name }) => name.startsWith(`${first} `));
  if (ofNoun.length === 0) {
    const there = nouns(commands);
    throw new UsageError(`there is no command "${first}": ${didYouMean(first, there)}there are ${there.join(', ')}`);
  }
  if (asksForHelp(second)) return { help: list(ofNoun) };
  const lists = named(`${first} list`);
  if (lists !== undefined && (second === undefined || second.startsWith('-')))
    return { command: lists, rest: words.slice(1) };
  const there = ofNoun.map(({ name }) => `\`onrecord ${name}\``).join(', ');
  if (second === undefined) throw new UsageError(`say what to do: ${there}`);
  const verbs = ofNoun.map(({ name }) => name.slice(first.length + 1));
  throw new UsageError(`"${second}" is no verb here: ${didYouMean(second, verbs)}${there}`);
}

const nouns = (commands: readonly Command[]) => [...new Set(commands.map(({ name }) => name.split(' ', 1).join()))];

function list(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return commands.map(({ name, summary }) => `  onrecord ${name.padEnd(width)}  ${summary}`).join('\n');
}

const overview = (commands: readonly Command[]) => `onrecord: recordings, their transcripts and who agreed to them

${list(commands)}

onrecord COMMAND --help says more. The records API is found by ONRECORD_API_URL and RECORDS_API_TOKEN, ingest by
ONRECORD_INGEST_URL and INGEST_API_TOKEN, the event log by EVENTS_URL; or all of them in the data folder (ONRECORD_DATA_DIR, ./data by default) of an Onrecord
that was started with \`npx -y pnpm@10 start\`. Exit status: 0 done, 1 failed, 2 wrong command line, 3 not found, 4 token or
role refused, 5 something is in the way, 6 done in part, 130 stopped by Ctrl-C.`;
