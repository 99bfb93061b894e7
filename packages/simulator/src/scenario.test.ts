import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readScenario } from './scenario.ts';

async function read(call: unknown) {
  const folder = await mkdtemp(join(tmpdir(), 'scenario-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'scenario.json');
  await writeFile(path, JSON.stringify({ steps: [{ do: 'place-calls', call }] }));
  return { folder, reading: readScenario(path, { hasNextToken: false }) };
}

// It once said "Invalid input" alone.
test('a call of a name that there is not is answered with the names that there are', async () => {
  await expect((await read('nonexist')).reading).rejects.toThrow(/one of consentGranted, .*busy.*steps\[0\]\.call/s);
});

test('a script’s mistake is told by its field', async () => {
  const script = { kind: 'outbound-call', from: '+14155550100', to: 'nobody', outcome: 'busy' };
  await expect((await read(script)).reading).rejects.toThrow(/E\.164.*steps\[0\]\.call\.to/s);
});

test('a name of the demonstration’s is its script', async () => {
  expect((await (await read('busy')).reading).steps).toMatchObject([{ call: { outcome: 'busy' } }]);
});

test('a folder in place of a file is said to be none', async () => {
  const { folder } = await read('busy');
  await expect(readScenario(folder, { hasNextToken: false })).rejects.toThrow(
    /cannot be read \(EISDIR\): give the path/,
  );
});
