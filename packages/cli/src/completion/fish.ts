import type { Command } from '../command.ts';
import { followersOf } from './lines.ts';

/** One line for each word; fish asks by what was typed so far. */
export function fishCompletion(commands: readonly Command[]): string {
  const summaries = new Map(commands.map(({ name, summary }) => [name, summary]));
  const lines = [...followersOf(commands)]
    .filter(([after]) => !after.includes(' '))
    .flatMap(([after, words]) =>
      words.filter((word) => !word.startsWith('--')).map((word) => plain(after, word, summaries)),
    );
  return ['complete -c onrecord -f', ...lines, ...commands.flatMap(flags)].join('\n');
}

function plain(after: string, word: string, summaries: ReadonlyMap<string, string>): string {
  const condition = after === '' ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${after}`;
  const summary = summaries.get(`${after} ${word}`.trim());
  return `complete -c onrecord -n '${condition}' -a '${word}'${summary === undefined ? '' : ` -d '${quote(summary)}'`}`;
}

function flags({ name, options }: Command): string[] {
  const condition = name
    .split(' ')
    .map((word) => `__fish_seen_subcommand_from ${word}`)
    .join('; and ');
  return Object.entries(options).map(([flag, { type, choices }]) => {
    const values = choices === undefined ? '' : ` -x -a '${choices.join(' ')}'`;
    return `complete -c onrecord -n '${condition}' -l ${flag}${type === 'string' && values === '' ? ' -r -F' : values}`;
  });
}

const quote = (text: string) => text.replaceAll("'", "\\'");
