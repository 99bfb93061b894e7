import { cuesOf, oneLine, timestamp } from './captions.ts';
import type { SpokenTranscript } from './transcript.ts';

/** WebVTT with a voice tag for each speaker. Source: W3C WebVTT, "WebVTT cue text" and "WebVTT cue voice span". */
export function toWebvtt(transcript: SpokenTranscript): string {
  const cues = cuesOf(transcript).map(({ startMs, endMs, speaker, text }) => {
    const voice = speaker === undefined ? '' : `<v ${escaped(speaker)}>`;
    return `${timestamp(startMs, '.')} --> ${timestamp(endMs, '.')}\n${voice}${escaped(text)}\n`;
  });
  return ['WEBVTT\n', ...cues].join('\n');
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** `>` too, so that no text can look like a cue's arrow. */
const escaped = (text: string) => oneLine(text).replace(/[&<>]/g, (character) => ENTITIES[character] as string);
