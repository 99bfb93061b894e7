import { StageError } from '@onrecord/shared/event-log/failure-policy';
import type { AskedOptions } from '@onrecord/shared/events';
import { Agent, request } from 'undici';
import { CONTENT_TYPES, type MediaFormat } from '../domain/media-format.ts';
import type { Json, ProviderOptions } from '../domain/options-fingerprint.ts';
import { STAGES } from '../domain/stages.ts';
import { requirePossible } from '../require-possible.ts';
import type { ProviderAnswer, ProviderRequest, TranscriptionProvider } from '../transcription-provider.ts';
import { readBounded } from './bounded-fetch.ts';
import { asItIs, type ChannelAudio, splitChannels } from './channel-audio.ts';
import { multipartForm } from './multipart.ts';
import { refusedByServer, unanswered } from './openai-errors.ts';
import { joinAnswers, readOpenAiAnswer } from './openai-response.ts';
import { inRequestSpan } from './request-span.ts';

export interface OpenAiCompatibleOptions {
  /** Where `/v1/audio/transcriptions` is; a `/v1` at its end counts as part of that. */
  baseUrl: string;
  /** Sent as a bearer token; a local server needs none. */
  apiKey: string | undefined;
  /** The model where a policy names none, as the server calls it. */
  model: string;
  /** Upload, waiting and answer of one recording, all channels together. */
  timeoutMs: number;
  connectTimeoutMs: number;
  /** Of each channel's answer. */
  answerBytesMax: number;
  now(): Date;
}

export interface OpenAiCompatibleProvider extends TranscriptionProvider {
  close(): Promise<void>;
}

const NAME = 'openai-compatible';

/**
 * Speech-to-text by any server that answers like OpenAI's `POST /v1/audio/transcriptions` (speaches, vLLM, whisper.cpp's server, LocalAI,
 * OpenAI). Such servers mix channels down, so each channel of a WAV is a request of its own; an MP3 is one request, and who speaks in
 * it is not known.
 */
export function createOpenAiCompatible(options: OpenAiCompatibleOptions): OpenAiCompatibleProvider {
  const dispatcher = new Agent({ connect: { timeout: options.connectTimeoutMs } });
  const { host } = new URL(options.baseUrl);
  return {
    name: NAME,
    host,
    simulated: false,
    // MP3 is not decoded here, so the server gets it as it is.
    channelsHeard: ({ channels, container }) => (container === 'mp3' ? 1 : channels),
    optionsFor: (wanted) => ({ provider: NAME, parameters: parametersFor(wanted, options.model) }),
    send: async (asked) => {
      try {
        return await transcribe(options, dispatcher, asked);
      } catch (error) {
        throw unanswered(error, host);
      }
    },
    read: readOpenAiAnswer,
    close: () => dispatcher.destroy(),
  };
}

function parametersFor(wanted: AskedOptions, model: string): Record<string, Json> {
  requirePossible(NAME, wanted);
  return {
    model: wanted.model ?? model,
    // Whisper knows languages, and no regions of them.
    ...(wanted.language === undefined ? {} : { language: wanted.language.split('-')[0]?.toLowerCase() ?? '' }),
    response_format: 'verbose_json',
    'timestamp_granularities[]': ['word', 'segment'],
  };
}

/** Splits the audio while it arrives; the first failure ends everything. */
async function transcribe(
  options: OpenAiCompatibleOptions,
  dispatcher: Agent,
  { audio, bytes, format = 'wav', options: asked, signal }: ProviderRequest,
): Promise<ProviderAnswer> {
  const failing = new AbortController();
  const all = AbortSignal.any([signal, failing.signal, AbortSignal.timeout(options.timeoutMs)]);
  all.throwIfAborted();
  const stop = () => audio.destroy(all.reason);
  all.addEventListener('abort', stop, { once: true });
  const failed = (error: unknown) => {
    failing.abort(error);
    throw error;
  };
  try {
    const { channels, pump } = format === 'mp3' ? asItIs(audio, bytes) : await splitChannels(audio, bytes);
    const pumping = pump(all);
    const asking = channels.map((channel) =>
      inRequestSpan('POST', options.baseUrl, () =>
        ask(options, dispatcher, asked, { ...channel, format, isOneOfSeveral: channels.length > 1 }, all),
      ),
    );
    const [isWhole, ...answers] = await Promise.all([
      pumping.catch(failed),
      ...asking.map((each) => each.catch(failed)),
    ]);
    if (!isWhole) throw answeredEarly();
    const requestIds = answers.flatMap(({ requestId }) => requestId ?? []);
    const bodies = answers.map(({ body }) => body);
    return {
      body: bodies.length === 1 && bodies[0] ? bodies[0] : joinAnswers(bodies),
      requestId: requestIds.length === 0 ? undefined : requestIds.join(' '),
    };
  } finally {
    all.removeEventListener('abort', stop);
  }
}

async function ask(
  { answerBytesMax, apiKey, baseUrl, now, timeoutMs }: OpenAiCompatibleOptions,
  dispatcher: Agent,
  { parameters }: ProviderOptions,
  { format, isOneOfSeveral, ...channel }: ChannelAudio & { format: MediaFormat; isOneOfSeveral: boolean },
  signal: AbortSignal,
): Promise<{ body: Buffer; requestId: string | undefined }> {
  const form = multipartForm(fieldsOf(parameters), {
    name: 'file',
    filename: `audio.${format}`,
    contentType: CONTENT_TYPES[format],
    ...channel,
  });
  const answer = await request(`${baseUrl.replace(/\/(v1\/?)?$/, '')}/v1/audio/transcriptions`, {
    dispatcher,
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': form.contentType,
      ...(form.bytes === undefined ? {} : { 'content-length': String(form.bytes) }),
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    body: form.body,
    signal,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  const body = await readBounded(answer.body, answerBytesMax);
  const header = (name: string) => [answer.headers[name]].flat()[0];
  if (answer.statusCode < 200 || answer.statusCode > 299) {
    const refused = { status: answer.statusCode, body, retryAfter: header('retry-after'), isOneOfSeveral };
    throw refusedByServer(refused, new URL(baseUrl).host, now());
  }
  return { body, requestId: header('x-request-id') };
}

/** The form's fields as they are fingerprinted: what is sent and what is paid for cannot differ. */
const fieldsOf = (parameters: ProviderOptions['parameters']) =>
  Object.entries(parameters).flatMap(([name, value]) => [value].flat().map((each) => [name, String(each)] as const));

const answeredEarly = () =>
  new StageError(STAGES.transcriptionRequest, 'the provider answered before it had all of the audio', {
    kind: 'transient',
  });
