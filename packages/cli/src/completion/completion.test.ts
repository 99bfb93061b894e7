import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../commands/all.ts';
import { onrecord } from '../testing/onrecord.ts';
import { followersOf } from './lines.ts';

const script = async (shell: string) => (await onrecord(`completion ${shell}`, {})).out;

/** What bash offers after a line, by its own rules. */
async function offered(line: string): Promise<string[]> {
  const words = line.split(' ');
  const ask = `${await script('bash')}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_onrecord; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', ask], { encoding: 'utf8' }).trim().split('\n');
}

describe('completion in bash', () => {
  it.each([
    ['onrecord rec', ['recordings', 'reconcile']],
    ['onrecord recordings sh', ['show']],
    ['onrecord recordings list --st', ['--state']],
    ['onrecord recordings list --state withh', ['withheld']],
    ['onrecord recordings set', ['set-retention']],
    ['onrecord consents li', ['list']],
    ['onrecord audit list --kind hold.r', ['hold.release-requested', 'hold.released']],
    ['onrecord transcript --form', ['--format']],
    ['onrecord transcript RE1 --format s', ['srt']],
  ])('offers after `%s` what fits', async (line, expected) => {
    expect((await offered(line)).toSorted()).toEqual(expected.toSorted());
  });
});

describe('every command', () => {
  const followers = followersOf(COMMANDS);

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    '%s has the flags in its help that it takes, and a shell completes them',
    (name, { help, options }) => {
      const taken = Object.keys(options).map((flag) => `--${flag}`);
      // What stands in backquotes is another command.
      const told = new Set(help.replaceAll(/`[^`]*`/g, '').match(/--[a-z][a-z-]*/g));
      expect([...told].toSorted()).toEqual(taken.toSorted());
      expect(followers.get(name)).toEqual(expect.arrayContaining([...taken, '--help']));
    },
  );

  it.each(['bash', 'zsh', 'fish'])('is completed by %s, with the flags of each', async (shell) => {
    const text = await script(shell);
    const flagged = (flag: string) => (shell === 'fish' ? `-l ${flag}` : `--${flag}`);
    for (const { name, options } of COMMANDS) {
      const parts = shell === 'fish' ? name.split(' ').map((word) => `-a '${word}'`) : [`'${name}')`];
      for (const part of parts) expect(text).toContain(part);
      for (const flag of Object.keys(options)) expect(text).toContain(flagged(flag));
    }
  });
});

it.each(['zsh', 'fish'])('writes what %s can read', async (shell) => {
  const text = await script(shell);
  expect(text).toContain('onrecord');
  expect(text).not.toContain('undefined');
  // Checked by the shell itself where there is one.
  const { error, status, stderr } = spawnSync(shell, ['-n', '-c', text], { encoding: 'utf8' });
  if (error === undefined) expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
