import { mixed, samplesOf, secondsOf } from './pcm.ts';
import { milliseconds, type SpokenScript, spreadWords } from './spoken-script.ts';
import type { Wav } from './wav.ts';

/** Between two utterances. */
const PAUSE_MS = 350;
/** From the connection to the first word, and from the last word to the hang-up. */
const LEAD_IN_MS = 300;
const TAIL_MS = 400;

export interface Line {
  party: string;
  channel: number;
  text: string;
  samples: Int16Array;
}

export interface Conversation {
  lines: readonly (Line & { offset: number })[];
  samples: number;
  durationMs: number;
}

/** Lays what is said on a timeline, one after the other. */
export function layOut(lines: readonly Line[]): Conversation {
  let end = samplesOf(LEAD_IN_MS);
  const placed = lines.map((line, index) => {
    const offset = end + (index === 0 ? 0 : samplesOf(PAUSE_MS));
    end = offset + line.samples.length;
    return { ...line, offset };
  });
  const samples = end + samplesOf(TAIL_MS);
  return { lines: placed, samples, durationMs: Math.ceil(secondsOf(samples) * 1_000) };
}

/** The conversation as a recording of one or two channels, after some silence (ringing that was recorded too). */
export function record(conversation: Conversation, channels: 1 | 2, silenceMs: number): Wav & { script: SpokenScript } {
  const silence = samplesOf(silenceMs);
  const samples = new Int16Array((silence + conversation.samples) * channels);
  for (const line of conversation.lines) {
    const channel = channels === 2 ? line.channel : 0;
    line.samples.forEach((sample, index) => {
      const position = (silence + line.offset + index) * channels + channel;
      samples[position] = mixed(samples[position] ?? 0, sample);
    });
  }
  const utterances = conversation.lines.map(({ party, channel, text, offset, samples: said }) => {
    const start = milliseconds(secondsOf(silence + offset));
    const end = milliseconds(secondsOf(silence + offset + said.length));
    return { channel, party, start, end, text, words: spreadWords(text, start, end) };
  });
  return { channels, samples, script: { simulatorScript: 1, utterances } };
}
