import { z } from 'zod';

const word = z.object({ word: z.string(), start: z.number(), end: z.number() });
const utterance = z.object({
  /** The channel of a dual recording; of a mono recording, where it would have been. */
  channel: z.number().int().min(0),
  party: z.string(),
  start: z.number(),
  end: z.number(),
  text: z.string(),
  words: z.array(word),
});

/** Who says what when, in seconds from the start of the recording. It rides in the recording itself: in a WAV's comment, in an MP3's tag. */
const spokenScript = z.object({
  simulatorScript: z.literal(1),
  recordingSid: z.string().optional(),
  utterances: z.array(utterance),
});
export type SpokenScript = z.output<typeof spokenScript>;
export type SpokenUtterance = z.output<typeof utterance>;
export type SpokenWord = z.output<typeof word>;

/** What was written into a recording, or nothing where the text is somebody else's. */
export function parseScript(text: string): SpokenScript | undefined {
  try {
    return spokenScript.safeParse(JSON.parse(text.replace(/\0+$/, ''))).data;
  } catch {
    return undefined;
  }
}

/** The words of an utterance, spread over its time by their length: flite does not say when it speaks which. */
export function spreadWords(text: string, start: number, end: number): SpokenWord[] {
  const words = text.split(/\s+/).filter((each) => each !== '');
  const weights = words.map((each) => each.length + 1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  return words.map((each, index) => {
    const from = before;
    before += weights[index] ?? 0;
    const at = (weight: number) => milliseconds(start + ((end - start) * weight) / total);
    return { word: each, start: at(from), end: at(before - 0.5) };
  });
}

/** Seconds, to the millisecond. */
export const milliseconds = (seconds: number): number => Math.round(seconds * 1_000) / 1_000;
