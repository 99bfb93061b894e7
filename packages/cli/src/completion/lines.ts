import type { Command } from '../command.ts';

/** What may follow what was typed: `''` for the first word, `holds` for its verbs, `holds place` for its flags, `… --state` for values. */
export type Followers = ReadonlyMap<string, readonly string[]>;

export function followersOf(commands: readonly Command[]): Followers {
  const followers = new Map<string, readonly string[]>();
  const add = (after: string, word: string) =>
    followers.set(after, [...new Set([...(followers.get(after) ?? []), word])]);
  for (const { name, options } of commands) {
    const [noun = name, verb] = name.split(' ');
    add('', noun);
    if (verb !== undefined) add(noun, verb);
    add(name, '--help');
    for (const [flag, { choices }] of Object.entries(options)) {
      add(name, `--${flag}`);
      for (const choice of choices ?? []) add(`${name} --${flag}`, choice);
    }
  }
  return followers;
}
