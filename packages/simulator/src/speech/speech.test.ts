import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { VOICES } from '../call-script.ts';
import { createSpeech } from './speech.ts';

const SPEAKING_MS = 60_000;
const cacheFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-speech-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};
const speechIn = (folder: string) => {
  const speech = createSpeech(folder);
  onTestFinished(() => speech.close());
  return speech;
};

test(
  'four voices say the same differently, at telephone rate',
  async () => {
    const speech = speechIn(await cacheFolder());
    const spoken = await Promise.all(VOICES.map((voice) => speech.say(voice, 'Good morning.')));
    for (const samples of spoken) {
      expect(samples.length / 8_000).toBeGreaterThan(0.4);
      expect(samples.length / 8_000).toBeLessThan(3);
      expect(Math.max(...samples)).toBeGreaterThan(1_000);
    }
    expect(new Set(spoken.map(({ length }) => length)).size).toBe(VOICES.length);
  },
  SPEAKING_MS,
);

test(
  'a sentence is spoken once, however often and however early it is asked for again',
  async () => {
    const folder = await cacheFolder();
    const speech = speechIn(folder);
    const [first, second] = await Promise.all([speech.say('kal', 'Once.'), speech.say('kal', 'Once.')]);
    expect(second).toEqual(first);
    expect(await readdir(folder)).toHaveLength(1);
    expect(await speechIn(folder).say('kal', 'Once.')).toEqual(first);
  },
  SPEAKING_MS,
);

test('a cache that cannot be written is an error, not silence', async () => {
  const folder = await cacheFolder();
  await writeFile(join(folder, 'file'), '');
  await expect(speechIn(join(folder, 'file', 'cache')).say('kal', 'Once.')).rejects.toThrow('ENOTDIR');
});

test(
  'nothing is warned about: Node’s note on WASI is silenced',
  async () => {
    const script = `import { createSpeech } from '${new URL('./speech.ts', import.meta.url).href}';
    const alive = setInterval(() => {}, 1000);
    const speech = createSpeech('${await cacheFolder()}');
    const samples = await speech.say('kal', 'Hello.');
    await speech.close();
    clearInterval(alive);
    console.log(samples.length > 0);`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    expect({ stdout, stderr }).toEqual({ stdout: 'true\n', stderr: '' });
  },
  SPEAKING_MS,
);
