import { cuesOf, oneLine, timestamp } from './captions.ts';
import type { SpokenTranscript } from './transcript.ts';

/** SubRip: numbered cues, the speaker before the words. */
export function toSrt(transcript: SpokenTranscript): string {
  return cuesOf(transcript)
    .map(({ startMs, endMs, speaker, text }, index) => {
      const line = speaker === undefined ? text : `${speaker}: ${text}`;
      return `${index + 1}\n${timestamp(startMs, ',')} --> ${timestamp(endMs, ',')}\n${plain(line)}\n`;
    })
    .join('\n');
}

/** SubRip has no escapes and players obey HTML-like tags, so angle brackets become characters that only look like them. */
const plain = (text: string) => oneLine(text).replaceAll('<', '‹').replaceAll('>', '›');
