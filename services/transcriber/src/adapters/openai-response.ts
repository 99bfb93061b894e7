import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { z } from 'zod';
import type { ProviderTranscript, ProviderWord } from '../domain/provider-transcript.ts';
import { type SpokenSegment, utterancesOn, wordsInSegments } from '../domain/spoken-turns.ts';
import { STAGES } from '../domain/stages.ts';
import { errorIn } from './openai-errors.ts';

const word = z.looseObject({
  word: z.string(),
  start: z.number(),
  end: z.number(),
  /** Not of OpenAI; servers built on faster-whisper or whisper.cpp give it. */
  probability: z.number().nullish(),
});

const segment = z.looseObject({
  start: z.number(),
  end: z.number(),
  text: z.string(),
  avg_logprob: z.number().nullish(),
  words: z.array(word).nullish(),
});

/** `verbose_json`. Source: OpenAI API reference, "Create transcription"; what else servers leave out is optional here. */
const verboseAnswer = z.looseObject({
  text: z.string(),
  language: z.string().nullish(),
  duration: z.coerce.number().nonnegative().nullish(),
  segments: z.array(segment).nullish(),
  words: z.array(word).nullish(),
  usage: z.looseObject({ type: z.string().optional(), seconds: z.number().nonnegative().optional() }).nullish(),
});
type VerboseAnswer = z.output<typeof verboseAnswer>;

const channelAnswers = z.object({ channels: z.array(z.unknown()) });

/** Several channels' answers as one body, each of them byte for byte as it came. @throws StageError when one is no JSON */
export function joinAnswers(answers: readonly Buffer[]): Buffer {
  for (const answer of answers) parseJson(answer);
  return Buffer.concat([
    Buffer.from('{"channels":['),
    ...answers.flatMap((answer, index) => (index === 0 ? [answer] : [Buffer.from(',\n'), answer])),
    Buffer.from(']}\n'),
  ]);
}

/**
 * Reads an answer of `POST /v1/audio/transcriptions`, or of one for each channel as `joinAnswers` made them one.
 * @throws StageError `transcription-answer`: transient when it is no JSON (it broke off) or an error, permanent when its shape is unknown
 */
export function readOpenAiAnswer(body: Uint8Array, channels: number): ProviderTranscript {
  const json = parseJson(body);
  const answers = channels === 1 ? [readOne(json)] : readJoined(json, channels);
  const languages = new Set(answers.map(({ language }) => languageTag(language)));
  const durations = answers.map(({ duration }) => duration ?? 0);
  const billed = answers.reduce((sum, { duration, usage }) => sum + (usage?.seconds ?? duration ?? 0), 0);
  return {
    requestId: undefined,
    model: undefined,
    language: languages.size === 1 ? [...languages][0] : undefined,
    channels,
    durationSeconds: Math.max(...durations),
    billedSeconds: Math.round(billed * 1_000) / 1_000,
    utterances: answers.flatMap((answer, channel) => utterancesOn(channel, segmentsOf(answer))),
  };
}

function readJoined(json: unknown, channels: number): VerboseAnswer[] {
  const { success, data } = channelAnswers.safeParse(json);
  const found = success ? data.channels.length : 0;
  if (!success || found !== channels) throw unreadable(`is of ${found} channel(s), and the audio has ${channels}`);
  return data.channels.map(readOne);
}

function readOne(json: unknown): VerboseAnswer {
  const parsed = verboseAnswer.safeParse(json);
  if (!parsed.success) {
    const said = errorIn(json);
    // Some servers say so with status 200, and what went wrong may be gone at the next try.
    if (said !== undefined) throw unreadable(`is an error: ${said}`, 'transient');
    throw unreadable(`has an unknown shape: ${z.prettifyError(parsed.error)}`);
  }
  const { segments, text, words } = parsed.data;
  if (text.trim() !== '' && !segments?.length && !words?.length) {
    throw unreadable('has no times: the server does not know response_format=verbose_json');
  }
  return parsed.data;
}

function segmentsOf({ segments, words }: VerboseAnswer): SpokenSegment[] {
  const own = (segments ?? []).map((each) => ({
    start: each.start,
    end: each.end,
    text: each.text,
    // The mean over its tokens, as a probability.
    confidence: each.avg_logprob == null ? undefined : Math.exp(each.avg_logprob),
    words: (each.words ?? []).map(toWord),
  }));
  return own.some((each) => each.words.length > 0) ? own : wordsInSegments(own, (words ?? []).map(toWord));
}

const toWord = ({ end, probability, start, word: text }: z.output<typeof word>): ProviderWord => ({
  text: text.trim(),
  start,
  end,
  confidence: probability ?? undefined,
});

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch (cause) {
    throw unreadable(`of ${body.length} bytes is no JSON`, 'transient', cause);
  }
}

const unreadable = (what: string, kind: 'transient' | 'permanent' = 'permanent', cause?: unknown) =>
  new StageError(STAGES.transcriptionAnswer, `the provider’s answer ${what}`, { kind, cause });

/** OpenAI names a language in English (`english`), others by its tag (`en`). An unknown name is no tag. */
function languageTag(language: string | null | undefined): string | undefined {
  const given = language?.trim().toLowerCase();
  if (!given) return undefined;
  return tagsByName().get(given) ?? (/^[a-z]{2,3}(-|$)/.test(given) ? given : undefined);
}

let names: Map<string, string> | undefined;

/** Every two-letter language of ISO 639-1 by its English name, as this platform knows it. */
function tagsByName(): Map<string, string> {
  if (names) return names;
  const display = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const tags = letters.flatMap((first) => letters.map((second) => first + second));
  // In reverse, so that of two tags with one name the first stays.
  names = new Map(tags.reverse().map((tag) => [display.of(tag)?.toLowerCase() ?? tag, tag]));
  return names;
}
