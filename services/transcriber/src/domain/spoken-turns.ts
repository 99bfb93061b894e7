import type { ProviderUtterance, ProviderWord } from './provider-transcript.ts';

/** What Whisper calls a segment: some words that it heard together, of one voice or of several. */
export interface SpokenSegment {
  start: number;
  end: number;
  text: string;
  confidence: number | undefined;
  words: readonly ProviderWord[];
}

/** A silence in which somebody on another channel may have spoken, in seconds; a comma takes less. */
const PAUSE_SECONDS = 1;

/**
 * The utterances of one channel. A segment may go on behind a pause; it is divided there, so that the turns of several channels can be put
 * in the order in which they were spoken.
 */
export const utterancesOn = (channel: number, segments: readonly SpokenSegment[]): ProviderUtterance[] =>
  segments.flatMap(({ confidence, end, start, text, words: whole }) => {
    const runs = dividedAtPauses(whole);
    const parts = runs.length < 2 ? [{ words: whole, text: text.trim() }] : runs.map(asPart);
    // The words say more exactly than the segment when it begins and ends.
    return parts.map(({ words, text }) => ({
      channel,
      speaker: undefined,
      start: words[0]?.start ?? start,
      end: words.at(-1)?.end ?? end,
      confidence,
      text,
      words,
    }));
  });

const asPart = (words: readonly ProviderWord[]) => ({ words, text: joined(words) });

function dividedAtPauses(words: readonly ProviderWord[]): ProviderWord[][] {
  const runs: ProviderWord[][] = [];
  for (const word of words) {
    const last = runs.at(-1);
    if (last && word.start - (last.at(-1)?.end ?? 0) < PAUSE_SECONDS) last.push(word);
    else runs.push([word]);
  }
  return runs;
}

/** Scripts that are written without spaces. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

const joined = (words: readonly ProviderWord[]) =>
  words.map(({ text }, index) => (index === 0 || UNSPACED.test(text) ? text : ` ${text}`)).join('');

/** Gives each word to the last segment that has begun when the word is half spoken; words are in their order. */
export function wordsInSegments(segments: readonly SpokenSegment[], words: readonly ProviderWord[]): SpokenSegment[] {
  const first = segments[0];
  if (first === undefined) return words.length === 0 ? [] : [segmentOf(words)];
  const given = segments.map((): ProviderWord[] => []);
  let index = 0;
  for (const word of words) {
    const middle = (word.start + word.end) / 2;
    while ((segments[index + 1]?.start ?? Number.POSITIVE_INFINITY) <= middle) index += 1;
    given[index]?.push(word);
  }
  return segments.map((segment, at) => ({ ...segment, words: given[at] ?? [] }));
}

const segmentOf = (words: readonly ProviderWord[]): SpokenSegment => ({
  start: words[0]?.start ?? 0,
  end: words.at(-1)?.end ?? 0,
  text: joined(words),
  confidence: undefined,
  words,
});
