import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readSettings } from '../config/settings.ts';
import { describeFailure } from './run-main.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process whose service is started by the body of `start`; it prints `up` when signals are being listened for. */
function run(start: string, args: readonly string[] = [], environment: Record<string, string> = {}) {
  const code = `
    import { runMain } from './run-main.ts';
    const forever = new Promise(() => {});
    const running = { addresses: {}, failed: forever, stop: async () => console.log('stopped') };
    setInterval(() => {}, 1_000);
    const up = setTimeout(() => console.log('up'), 0);
    await runMain('demo', async (environment) => { ${start} }, async ({ GOOD }) => { if (!GOOD) throw new Error('GOOD is missing'); });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code, '--', 'main.ts', ...args], {
    cwd: FOLDER,
    env: { ...process.env, ...environment },
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text;
    });
  }
  return {
    child,
    output: () => output,
    up: async () => {
      while (!output.includes('up')) await once(child.stdout, 'data');
    },
    ended: async () => (child.exitCode === null ? (await once(child, 'close'))[0] : child.exitCode),
  };
}

describe('a process', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('stops in order and ends with 0 on %s', async (signal) => {
    const { child, up, ended, output } = run('return running;');
    await up();
    child.kill(signal);
    expect(await ended()).toBe(0);
    expect(output()).toContain('stopped');
  });

  test('ends at once on a second signal', async () => {
    const { child, up, ended } = run(
      'return { ...running, stop: () => { console.log("stopping"); return forever; } };',
    );
    await up();
    child.kill('SIGTERM');
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    child.kill('SIGINT');
    expect(await ended()).toBe(130);
  });

  test('can be stopped while it waits for what it needs to start', async () => {
    const { child, up, ended } = run('return forever;');
    await up();
    child.kill('SIGTERM');
    expect(await ended()).toBe(0);
  });

  test('that cannot start ends with 1 and one line', async () => {
    const { ended, output } = run(
      'clearTimeout(up); throw Object.assign(new (class PortInUseError extends Error {})("port 8080 is in use"));',
    );
    expect(await ended()).toBe(1);
    expect(output()).toBe('demo: port 8080 is in use\n');
  });

  test('whose service cannot continue is stopped and ends with 1', async () => {
    const { ended, output } = run('return { ...running, failed: Promise.resolve(new Error("the group was lost")) };');
    expect(await ended()).toBe(1);
    expect(output()).toContain('the group was lost');
    expect(output()).toContain('stopped');
  });

  test('ends with 1 on an error that nobody caught, and prints none of its fields', async () => {
    const { ended, output } = run(
      'setTimeout(() => { throw Object.assign(new Error("lost"), { auth: "hunter2" }); }, 10); return running;',
    );
    expect(await ended()).toBe(1);
    expect(output()).toContain('demo: Error: lost');
    expect(output()).not.toContain('hunter2');
  });
});

describe('a failure is told', () => {
  test('with the stack where nobody foresaw it, also when its message is empty', () => {
    expect(describeFailure(new TypeError('x is not a function'))).toContain('run-main.test.ts');
    expect(describeFailure(new AggregateError([new Error('a')], ''))).toContain('AggregateError');
  });

  test('without credentials and numbers', () => {
    const told = describeFailure(new Error('no route to postgres://user:hunter2@db for +14155551234'));
    expect(told).not.toContain('hunter2');
    expect(told).not.toContain('4155551234');
  });

  test('with every bad setting as it was typed', () => {
    const schema = z.object({ VOICE_DIAL_TO: z.string().max(3, 'give an E.164 number') });
    let told = '';
    try {
      readSettings(schema, { VOICE_DIAL_TO: '+14155551234x' });
    } catch (error) {
      told = describeFailure(error);
    }
    expect(told).toContain('VOICE_DIAL_TO is "+14155551234x": give an E.164 number');
  });
});

// `--help` was once taken for a start.
describe('asked otherwise than to start, a process', () => {
  test.each<[string, Record<string, string>, number, RegExp]>([
    ['--help', {}, 0, /^usage: .*--check/],
    ['--check', { GOOD: 'yes' }, 0, /^demo: the settings can be used/],
    ['--check', {}, 1, /GOOD is missing/],
    ['--chekc', {}, 2, /^demo: unknown argument "--chekc".*usage: /s],
  ])('answers %s with %j', async (argument, environment, status, said) => {
    const { ended, output } = run('console.log("started"); return running;', [argument], environment);
    expect(await ended()).toBe(status);
    expect(output()).toMatch(said);
    expect(output()).not.toContain('started');
  });
});
