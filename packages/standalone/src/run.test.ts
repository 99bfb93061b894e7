import { expect, test } from 'vitest';
import { run } from './run.ts';

/** The command, where it ends before anything is started. @returns its exit status and what it said */
async function start(args: readonly string[], environment: Record<string, string>) {
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const interrupted = new AbortController().signal;
  const status = await run(args, environment, { print: say, complain: say, interrupted });
  return { status, said: said.join('\n') };
}

// Of the same bad settings a service's own check ended with 1, and this one with 2.
test.each<[string[], Record<string, string>, number, string]>([
  [['--check'], {}, 0, 'the settings can be used'],
  [['--check'], { PORT: '99999' }, 1, 'PORT is "99999"'],
  [['--check'], { JURISDICTIONS_FILE: '/nowhere' }, 1, 'JURISDICTIONS_FILE is "/nowhere"'],
  [['--chekc'], {}, 2, 'did you mean --check?'],
])('start %j with %j ends with %i', async (args, environment, status, said) => {
  expect(await start(args, environment)).toEqual({ status, said: expect.stringContaining(said) });
});
