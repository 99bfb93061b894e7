import type { SpokenTranscript, TranscriptTurn } from './transcript.ts';

/** Shown wherever a simulated transcript is read, so that nobody takes it for what was said. */
export const simulatedNotice = (provider: string) =>
  `SIMULATED TRANSCRIPT: these words come from the ${provider}, not from speech recognition.`;

/** How long the notice stays on screen in a player, in seconds. */
const NOTICE_SECONDS = 5;
/** A cue that ends where it starts is not shown. */
const SHORTEST_CUE_MS = 1;

export interface Cue {
  startMs: number;
  endMs: number;
  speaker: string | undefined;
  text: string;
}

/** The turns as cues in the order of their start, after the notice of a simulated transcript. */
export function cuesOf(transcript: SpokenTranscript): Cue[] {
  const notice = { startMs: 0, endMs: NOTICE_SECONDS * 1_000, speaker: undefined };
  return [
    ...(transcript.simulated ? [{ ...notice, text: simulatedNotice(transcript.provider.name) }] : []),
    ...transcript.turns.map(toCue),
  ];
}

function toCue({ start, end, speaker, text }: TranscriptTurn): Cue {
  const startMs = Math.round(start * 1_000);
  return { startMs, endMs: Math.max(startMs + SHORTEST_CUE_MS, Math.round(end * 1_000)), speaker, text };
}

/** `hh:mm:ss` and milliseconds after the separator; hours grow past two digits. */
export function timestamp(ms: number, separator: '.' | ','): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const fraction = String(ms % 1_000).padStart(3, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1_000) % 60)}${separator}${fraction}`;
}

/** One line: a line break or an empty line would end a cue. Control characters have no place in a text that is shown. */
export const oneLine = (text: string) =>
  text
    .replace(/[\s\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cc}/gu, '')
    .trim();
