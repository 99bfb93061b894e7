import { DeepgramClient } from '@deepgram/sdk';
import type { AskedOptions } from '@onrecord/shared/events';
import { CAPABILITIES } from '@onrecord/shared/transcription/provider-capabilities';
import { Agent } from 'undici';
import type { Json, ProviderOptions } from '../domain/options-fingerprint.ts';
import { requirePossible } from '../require-possible.ts';
import type { ProviderRequest, TranscriptionProvider } from '../transcription-provider.ts';
import { type BoundedFetchOptions, createBoundedFetch } from './bounded-fetch.ts';
import { deepgramError } from './deepgram-errors.ts';
import { readDeepgramAnswer } from './deepgram-response.ts';
import { inRequestSpan } from './request-span.ts';

export interface DeepgramOptions {
  /** `deepgram`, or `simulator` for a look-alike whose words are invented. */
  name: 'deepgram' | 'simulator';
  /** `https://api.deepgram.com`, a region's or a self-hosted address. */
  baseUrl: string;
  apiKey: string;
  /** Upload, waiting and answer of one request. Deepgram itself gives up after ten minutes of work. */
  timeoutMs: number;
  connectTimeoutMs: number;
  answerBytesMax: number;
  now(): Date;
}

export interface DeepgramProvider extends TranscriptionProvider {
  close(): Promise<void>;
}

/** Speech-to-text by Deepgram, pre-recorded audio: https://developers.deepgram.com/reference/speech-to-text/listen-pre-recorded */
export function createDeepgram(options: DeepgramOptions): DeepgramProvider {
  const { name, timeoutMs } = options;
  const dispatcher = new Agent({ connect: { timeout: options.connectTimeoutMs } });
  const { answerBytesMax } = options;
  const limits: BoundedFetchOptions = {
    dispatcher,
    headersTimeoutMs: timeoutMs,
    bodyTimeoutMs: timeoutMs,
    answerBytesMax,
  };
  return {
    name,
    host: new URL(options.baseUrl).host,
    simulated: name === 'simulator',
    optionsFor: (wanted, channels) => ({ provider: name, parameters: parametersFor(name, wanted, channels) }),
    send: async (request) => {
      try {
        return await inRequestSpan('POST', options.baseUrl, () => transcribe(options, limits, request));
      } catch (error) {
        throw deepgramError(error, options.baseUrl, options.now());
      }
    },
    read: readDeepgramAnswer,
    close: () => dispatcher.destroy(),
  };
}

async function transcribe(
  { apiKey, baseUrl, timeoutMs }: DeepgramOptions,
  limits: BoundedFetchOptions,
  { audio, bytes, options, signal }: ProviderRequest,
) {
  let body: Buffer | undefined;
  // A client of its own for each request, so that the answer's bytes cannot be another request's.
  const client = new DeepgramClient({
    apiKey,
    baseUrl,
    // A stream cannot be sent twice; the SDK's retry of one hides the real error.
    maxRetries: 0,
    logging: { silent: true },
    fetch: createBoundedFetch(limits, (answer) => {
      body = answer;
    }),
  });
  // The SDK's own time-out ends with the answer's headers; the signal's covers its body too.
  const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const { rawResponse } = await client.listen.v1.media
    .transcribeFile(
      { data: audio, contentType: 'audio/wav', ...(bytes === undefined ? {} : { contentLength: bytes }) },
      {},
      { queryParams: queryOf(options), timeoutInSeconds: timeoutMs / 1_000, abortSignal },
    )
    .withRawResponse();
  if (body === undefined) throw new Error('the SDK answered without a request');
  return { body, requestId: rawResponse.headers.get('dg-request-id') ?? undefined };
}

/** The parameters of the URL, as they are fingerprinted: what is sent and what is paid for cannot differ. */
const queryOf = ({ parameters }: ProviderOptions): Record<string, unknown> => ({ ...parameters });

function parametersFor(name: DeepgramOptions['name'], wanted: AskedOptions, channels: number): Record<string, Json> {
  requirePossible(name, wanted);
  const { keyterms, language, mipOptOut, redact, smartFormat = true } = wanted;
  const isMono = channels === 1;
  return {
    model: wanted.model ?? CAPABILITIES[name].defaultModel ?? '',
    ...(language === undefined ? { detect_language: true } : { language }),
    ...(isMono ? {} : { multichannel: true }),
    // Channels tell speakers apart better than voices do; on one channel there is nothing but the voice.
    ...((wanted.diarize ?? isMono) ? { diarize_model: 'latest' } : {}),
    punctuate: true,
    smart_format: smartFormat,
    utterances: true,
    ...(redact === undefined ? {} : { redact }),
    ...(keyterms === undefined ? {} : { keyterm: keyterms }),
    ...(mipOptOut === undefined ? {} : { mip_opt_out: mipOptOut }),
  };
}
