import { readFileSync } from 'node:fs';
import { readVoiceFile } from '../domain/voice/read-voice-file.ts';
import type { VoiceFile } from '../domain/voice/voice-file.ts';

const EXAMPLE_PATH = new URL('../../../../deploy/voice.example.json', import.meta.url);

/** The example of the guide, with parts of it replaced. */
export function exampleFile(change: object = {}): VoiceFile {
  const reading = readVoiceFile(JSON.stringify({ ...JSON.parse(readFileSync(EXAMPLE_PATH, 'utf8')), ...change }));
  if ('file' in reading) return reading.file;
  throw new Error(reading.problems.join('\n'));
}
