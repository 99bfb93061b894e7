import { oneLine, simulatedNotice, timestamp } from './captions.ts';
import type { SpokenTranscript } from './transcript.ts';

/** One line a turn: `[00:00:01] caller: hello`. */
export function toPlainText(transcript: SpokenTranscript): string {
  const lines = transcript.turns.map(
    ({ start, speaker, text }) =>
      `[${timestamp(Math.round(start * 1_000), '.').slice(0, -4)}] ${oneLine(speaker)}: ${oneLine(text)}`,
  );
  const notice = transcript.simulated ? [simulatedNotice(transcript.provider.name), ''] : [];
  return [...notice, ...lines, ''].join('\n');
}
