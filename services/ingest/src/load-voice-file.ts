import { readFileSync } from 'node:fs';
import { readVoiceFile, type VoiceFileReading } from './domain/voice/read-voice-file.ts';

/** The voice file at this path, or why it cannot be used. */
export function loadVoiceFile(path: string): VoiceFileReading {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as { code?: string };
    return { problems: [`it cannot be read (${code}): give the path of a file that this process may read`] };
  }
  return readVoiceFile(text);
}
