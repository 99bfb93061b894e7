import { milliseconds, type SpokenUtterance, spreadWords } from '../speech/spoken-script.ts';
import type { HeardAudio } from './heard-audio.ts';
import type { ListenOptions } from './listen-options.ts';

export interface Word {
  word: string;
  start: number;
  end: number;
  confidence: number;
  punctuated_word?: string;
  speaker?: number;
  speaker_confidence?: number;
}

interface Utterance {
  start: number;
  end: number;
  confidence: number;
  channel: number;
  transcript: string;
  words: Word[];
  speaker?: number;
  id: string;
}

/** What is "recognised": one list of utterances a channel that is transcribed. */
export interface Recognised {
  channels: Utterance[][];
  durationSeconds: number;
}

/** Invented, and the same on each run: nothing was recognised. */
const CONFIDENCE = 0.98;

/** Reads from the audio's own script who says what when. Audio without one gets a sentence that says so. */
export function transcribe(audio: HeardAudio, options: ListenOptions, newId: () => string): Recognised {
  const durationSeconds = milliseconds(audio.durationSeconds);
  const audioChannels = audio.head?.channels ?? 1;
  const transcribed = options.multichannel ? audioChannels : 1;
  const spoken = audio.head?.script?.utterances ?? unscripted(durationSeconds, transcribed);
  const parties = [...new Set(spoken.map(({ party }) => party))];
  const channels: Utterance[][] = Array.from({ length: transcribed }, () => []);
  for (const utterance of spoken.filter(({ start }) => start < durationSeconds || durationSeconds === 0)) {
    const channel = transcribed === 1 ? 0 : Math.min(utterance.channel, transcribed - 1);
    const speaker = options.diarize ? speakerOf(utterance, spoken, parties, transcribed) : undefined;
    channels[channel]?.push(toUtterance(utterance, { channel, speaker, options, id: newId() }));
  }
  return { channels, durationSeconds };
}

/** On one channel the speakers are told apart by voice; on a channel of their own each starts at 0. */
function speakerOf(
  utterance: SpokenUtterance,
  spoken: readonly SpokenUtterance[],
  parties: readonly string[],
  channels: number,
) {
  if (channels === 1) return parties.indexOf(utterance.party);
  const onChannel = new Set(spoken.filter(({ channel }) => channel === utterance.channel).map(({ party }) => party));
  return [...onChannel].indexOf(utterance.party);
}

function unscripted(durationSeconds: number, channels: number): SpokenUtterance[] {
  const text = `[simulated transcript: ${durationSeconds} s of audio]`;
  return Array.from({ length: channels }, (_, channel) => ({
    channel,
    party: `channel ${channel}`,
    start: 0,
    end: durationSeconds,
    text,
    words: spreadWords(text, 0, durationSeconds),
  }));
}

interface UtteranceDetails {
  channel: number;
  speaker: number | undefined;
  options: ListenOptions;
  id: string;
}

function toUtterance(utterance: SpokenUtterance, { channel, speaker, options, id }: UtteranceDetails): Utterance {
  const voice = speaker === undefined ? {} : { speaker };
  const words = utterance.words.map(({ word, start, end }) => ({
    word: bare(word),
    start,
    end,
    confidence: CONFIDENCE,
    ...voice,
    ...(speaker === undefined ? {} : { speaker_confidence: CONFIDENCE }),
    ...(options.punctuated ? { punctuated_word: word } : {}),
  }));
  return {
    start: utterance.start,
    end: utterance.end,
    confidence: CONFIDENCE,
    channel,
    transcript: transcriptOf(words),
    words,
    ...voice,
    id,
  };
}

/** Deepgram's `word`: lower case without punctuation, except inside. */
const bare = (word: string) => word.toLowerCase().replace(/^[^\p{L}\p{N}[]+|[^\p{L}\p{N}\]]+$/gu, '') || word;

export const transcriptOf = (words: readonly Word[]): string =>
  words.map(({ word, punctuated_word: punctuated }) => punctuated ?? word).join(' ');

export { CONFIDENCE };
