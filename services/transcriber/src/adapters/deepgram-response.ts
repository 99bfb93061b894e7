import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { z } from 'zod';
import type { ProviderTranscript, ProviderUtterance, ProviderWord } from '../domain/provider-transcript.ts';
import { STAGES } from '../domain/stages.ts';
import { describeBody } from './deepgram-errors.ts';

const word = z.looseObject({
  word: z.string().optional(),
  punctuated_word: z.string().optional(),
  start: z.number(),
  end: z.number(),
  confidence: z.number().optional(),
  speaker: z.number().int().optional(),
});
type Word = z.output<typeof word>;

const utterance = z.looseObject({
  start: z.number(),
  end: z.number(),
  confidence: z.number().optional(),
  channel: z.number().int().nonnegative().optional(),
  speaker: z.number().int().optional(),
  transcript: z.string(),
  words: z.array(word).optional(),
});

const channel = z.looseObject({
  detected_language: z.string().optional(),
  alternatives: z
    .array(
      z.looseObject({
        transcript: z.string().optional(),
        confidence: z.number().optional(),
        words: z.array(word).optional(),
      }),
    )
    .optional(),
});

const answerShape = z.looseObject({
  metadata: z.looseObject({
    request_id: z.string().optional(),
    duration: z.number().nonnegative(),
    channels: z.number().int().positive(),
    models: z.array(z.string()).optional(),
    model_info: z.record(z.string(), z.looseObject({ name: z.string().optional() })).optional(),
  }),
  results: z.looseObject({ channels: z.array(channel).min(1), utterances: z.array(utterance).optional() }),
});
type Answer = z.output<typeof answerShape>;

/**
 * Reads an answer of `POST /v1/listen` made with `utterances=true`, and with `multichannel=true` for several channels.
 * @throws StageError `transcription-answer`: transient when it is no JSON (it broke off) or an error that came as a 200, permanent when its shape is unknown
 *   or its channels are not those of the audio, since asking again would be paid again
 */
export function readDeepgramAnswer(body: Uint8Array, channels: number): ProviderTranscript {
  const answer = parseJson(body);
  const parsed = answerShape.safeParse(answer);
  if (!parsed.success)
    throw errorInside(answer) ?? unreadable(`has an unknown shape: ${z.prettifyError(parsed.error)}`);
  const { metadata, results } = parsed.data;
  if (results.channels.length !== channels) {
    throw unreadable(`is of ${results.channels.length} channel(s), and the audio has ${channels}`);
  }
  const utterances = results.utterances?.map(toUtterance) ?? results.channels.flatMap(fromWords);
  const stray = utterances.find((each) => each.channel >= channels);
  if (stray) throw unreadable(`speaks of channel ${stray.channel}, and the audio has ${channels} channel(s)`);
  return {
    requestId: metadata.request_id,
    model: modelOf(metadata),
    language: languageOf(results),
    channels,
    durationSeconds: metadata.duration,
    // Deepgram charges each channel that is transcribed on its own (github.com/orgs/deepgram/discussions/932).
    billedSeconds: Math.round(metadata.duration * channels * 1_000) / 1_000,
    utterances,
  };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch (cause) {
    throw new StageError(STAGES.transcriptionAnswer, `the provider’s answer of ${body.length} bytes is no JSON`, {
      kind: 'transient',
      cause,
    });
  }
}

/** Nothing was transcribed, so nothing was paid. */
function errorInside(answer: unknown): StageError | undefined {
  const { code, text } = describeBody(answer);
  if (code === undefined) return undefined;
  return new StageError(STAGES.transcriptionAnswer, `the provider answered 200 with an error (${text})`, {
    kind: 'transient',
  });
}

const unreadable = (what: string) =>
  new StageError(STAGES.transcriptionAnswer, `the provider’s answer ${what}`, { kind: 'permanent' });

const toUtterance = (item: z.output<typeof utterance>): ProviderUtterance => ({
  channel: item.channel ?? 0,
  speaker: item.speaker,
  start: item.start,
  end: item.end,
  confidence: item.confidence,
  text: item.transcript,
  words: item.words?.map(toWord) ?? [],
});

const toWord = (item: Word): ProviderWord => ({
  text: textOf(item),
  start: item.start,
  end: item.end,
  confidence: item.confidence,
});

const textOf = (item: Word) => item.punctuated_word ?? item.word ?? '';

/** Without utterances: a channel's words, apart where the voice changes. */
function fromWords(item: z.output<typeof channel>, index: number): ProviderUtterance[] {
  const runs: Word[][] = [];
  for (const each of item.alternatives?.[0]?.words ?? []) {
    const last = runs.at(-1);
    if (last && last[0]?.speaker === each.speaker) last.push(each);
    else runs.push([each]);
  }
  return runs.map((run) => ({
    channel: index,
    speaker: run[0]?.speaker,
    start: run[0]?.start ?? 0,
    end: run.at(-1)?.end ?? 0,
    confidence: item.alternatives?.[0]?.confidence,
    text: run.map(textOf).join(' '),
    words: run.map(toWord),
  }));
}

/** The name of the model, where the answer has one model and names it. */
function modelOf({ models, model_info: info }: Answer['metadata']): string | undefined {
  const id = models?.[0];
  return id === undefined ? undefined : (info?.[id]?.name ?? id);
}

/** One language for all channels, or none. */
function languageOf({ channels }: Answer['results']): string | undefined {
  const languages = new Set(channels.map((each) => each.detected_language).filter((each) => each !== undefined));
  return languages.size === 1 ? [...languages][0] : undefined;
}
