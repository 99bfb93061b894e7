import { expect, it } from 'vitest';
import type { Command } from './command.ts';
import { yesOption } from './flags.ts';
import { runAmong } from './run.ts';

const destroy: Command = {
  name: 'things destroy',
  summary: 'destroy things',
  help: '',
  options: yesOption,
  run: async ({ confirm, print }) => {
    await confirm('Destroy 3 things?');
    print('destroyed');
  },
};

async function onrecord(line: string, ask?: (question: string) => Promise<string>) {
  const out: string[] = [];
  const err: string[] = [];
  const status = await runAmong([destroy], line.split(' '), {
    environment: {},
    width: undefined,
    print: (text) => out.push(text),
    printError: (text) => err.push(text),
    ...(ask && { ask }),
  });
  return { status, out: out.join('\n'), err: err.join('\n') };
}

it('destroys nothing where nobody can be asked', async () => {
  expect(await onrecord('things destroy')).toEqual({
    status: 2,
    out: '',
    err: 'onrecord: Destroy 3 things? Nobody can be asked here: say --yes',
  });
});

it.each(['--yes', '-y'])('takes %s for the answer, and asks nobody', async (flag) => {
  const neverAsked = () => Promise.reject(new Error('asked'));
  expect(await onrecord(`things destroy ${flag}`, neverAsked)).toEqual({ status: 0, out: 'destroyed', err: '' });
});

it.each([
  ['y', 0],
  ['YES', 0],
  ['', 1],
  ['no', 1],
  ['yesterday', 1],
])('takes the answer %j of a person', async (answer, expected) => {
  const asked: string[] = [];
  const { status, out } = await onrecord('things destroy', async (question) => {
    asked.push(question);
    return answer;
  });
  expect({ status, out, asked }).toEqual({
    status: expected,
    out: expected === 0 ? 'destroyed' : '',
    asked: ['Destroy 3 things? [y/N] '],
  });
});
