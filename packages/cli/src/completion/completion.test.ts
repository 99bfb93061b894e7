import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { onrecord } from '../testing/onrecord.ts';

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
    ['onrecord transcript --form', ['--format']],
    ['onrecord transcript RE1 --format s', ['srt']],
  ])('offers after `%s` what fits', async (line, expected) => {
    expect((await offered(line)).toSorted()).toEqual(expected.toSorted());
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
