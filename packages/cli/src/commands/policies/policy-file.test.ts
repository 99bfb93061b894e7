import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runAmong } from '../../run.ts';
import { checkPolicy } from './check.ts';

async function check(policy: string, ...flags: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'policy-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'calls.yaml');
  await writeFile(file, policy);
  const [out, err]: [string[], string[]] = [[], []];
  const status = await runAmong([checkPolicy], ['policies', 'check', file, ...flags], {
    environment: {},
    width: undefined,
    print: (text) => out.push(text),
    printError: (text) => err.push(text),
  });
  return { status, out: out.join('\n').replaceAll(`${folder}/`, ''), err: err.join('\n') };
}

const policy = (audio: string) => `name: calls
defaults:
  periods: { audio: ${audio}, transcript: 30d, providerResponse: 30d, metadata: 3y, numbers: 2y }
  consent: { mode: explicit }
`;

it('checks a policy without any Onrecord', async () => {
  expect(await check(policy('30d'))).toEqual({ status: 0, out: 'Nothing is wrong with the policy calls.', err: '' });
});

it('names each fault as editors read it, and ends with 1', async () => {
  const { status, out } = await check(policy('30 days'));
  expect(status).toBe(1);
  expect(out).toMatch(/^calls\.yaml:3:21: defaults\.periods\.audio is "30 days": give a period such as /);
});

it('gives programs the faults as JSON', async () => {
  const { out } = await check(policy('6m'), '--json');
  expect(JSON.parse(out)).toMatchObject([{ line: 3, column: 21 }]);
});

it('says which file it cannot read', async () => {
  const err: string[] = [];
  const status = await runAmong([checkPolicy], ['policies', 'check', '/nowhere/calls.yaml'], {
    environment: {},
    width: undefined,
    print: () => undefined,
    printError: (text) => err.push(text),
  });
  expect([status, err.join()]).toEqual([
    1,
    expect.stringContaining('/nowhere/calls.yaml cannot be read (there is no such file or folder)'),
  ]);
});
