import { Readable } from 'node:stream';
import { DeepgramClient } from '@deepgram/sdk';
import { CONTENT_TYPES, type MediaFormat } from '../domain/media-format.ts';
import type { ProviderOptions } from '../domain/options-fingerprint.ts';
import type { ProviderAnswer } from '../transcription-provider.ts';
import { type BoundedFetchOptions, createBoundedFetch } from './bounded-fetch.ts';

/** A request of one of the ways in which Deepgram takes audio and gives its answer. */
export interface DeepgramRequest {
  /** The audio, or where Deepgram may fetch it. */
  audio: Readable | { url: string };
  /** Of the audio that is sent. Default: `wav`. */
  format?: MediaFormat | undefined;
  /** Of the audio that is sent; absent means chunked. */
  bytes?: number | undefined;
  /** Where the answer is to go; Deepgram then answers with the request's id alone. */
  callbackUrl?: string | undefined;
  options: ProviderOptions;
  signal: AbortSignal;
}

export interface DeepgramAccess {
  /** `https://api.deepgram.com`, a region's or a self-hosted address. */
  baseUrl: string;
  apiKey: string;
  /** Upload, waiting and answer of one request. Deepgram itself gives up after ten minutes of work. */
  timeoutMs: number;
}

/** @throws DeepgramError, DeepgramTimeoutError, AnswerTooLongError */
export async function requestTranscription(
  { apiKey, baseUrl, timeoutMs }: DeepgramAccess,
  limits: BoundedFetchOptions,
  { audio, bytes, callbackUrl, format = 'wav', options, signal }: DeepgramRequest,
): Promise<ProviderAnswer> {
  let body: Buffer | undefined;
  // A client of its own for each request, so that the answer's bytes cannot be another request's.
  const { media } = new DeepgramClient({
    apiKey,
    baseUrl,
    // A stream cannot be sent twice; the SDK's retry of one hides the real error.
    maxRetries: 0,
    logging: { silent: true },
    fetch: createBoundedFetch(limits, (answer) => {
      body = answer;
    }),
  }).listen.v1;
  const given = {
    queryParams: { ...queryOf(options), ...(callbackUrl === undefined ? {} : { callback: callbackUrl }) },
    timeoutInSeconds: timeoutMs / 1_000,
    // The SDK's own time-out ends with the answer's headers; the signal's covers its body too.
    abortSignal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  };
  const asking =
    audio instanceof Readable
      ? media.transcribeFile({ data: audio, contentType: CONTENT_TYPES[format], ...lengthOf(bytes) }, {}, given)
      : media.transcribeUrl({ url: audio.url }, given);
  const { rawResponse } = await asking.withRawResponse();
  if (body === undefined) throw new Error('the SDK answered without a request');
  return { body, requestId: rawResponse.headers.get('dg-request-id') ?? undefined };
}

const lengthOf = (bytes: number | undefined) => (bytes === undefined ? {} : { contentLength: bytes });

/** The parameters of the URL, as they are fingerprinted: what is sent and what is paid for cannot differ. */
const queryOf = ({ parameters }: ProviderOptions): Record<string, unknown> => ({ ...parameters });
