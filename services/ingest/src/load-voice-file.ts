import { readFileSync } from 'node:fs';
import { explainFile } from '@onrecord/shared/file-system/explain-file';
import { readVoiceFile, type VoiceFileReading } from './domain/voice/read-voice-file.ts';

/** The voice file at this path, or why it cannot be used. */
export function loadVoiceFile(path: string): VoiceFileReading {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    return {
      problems: [`it cannot be read (${explainFile(error)}): give the path of a file that this process may read`],
    };
  }
  try {
    return readVoiceFile(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // Callers would hear a question mark for every ü.
    return { problems: ['it is not UTF-8, so that letters with accents would be lost: save it as UTF-8'] };
  }
}
