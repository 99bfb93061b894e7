import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadVoiceFile } from './load-voice-file.ts';

// A file in Latin-1 was once taken, and callers heard something else than ü.
test('a voice file in another encoding than UTF-8 is refused with the remedy', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'voice-file-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const example = await readFile(new URL('../../../deploy/voice.example.json', import.meta.url), 'utf8');
  const text = example.replace('"goodbye": {', '"gruss": { "en": "Für Sie" }, "goodbye": {');
  const path = join(folder, 'voice.json');
  await writeFile(path, text, 'latin1');
  expect(loadVoiceFile(path)).toEqual({ problems: [expect.stringContaining('save it as UTF-8')] });
});
