import type { AskedOptions } from '@onrecord/shared/events';
import { CAPABILITIES } from '@onrecord/shared/transcription/provider-capabilities';
import { Agent } from 'undici';
import type { Json } from '../domain/options-fingerprint.ts';
import { requirePossible } from '../require-possible.ts';
import type { ProviderAnswer, TranscriptionProvider } from '../transcription-provider.ts';
import type { BoundedFetchOptions } from './bounded-fetch.ts';
import { deepgramError, hideAddresses } from './deepgram-errors.ts';
import { type DeepgramAccess, type DeepgramRequest, requestTranscription } from './deepgram-request.ts';
import { readDeepgramAnswer } from './deepgram-response.ts';
import { inRequestSpan } from './request-span.ts';

export interface DeepgramOptions extends DeepgramAccess {
  /** `deepgram`, or `simulator` for a look-alike whose words are invented. */
  name: 'deepgram' | 'simulator';
  connectTimeoutMs: number;
  answerBytesMax: number;
  now(): Date;
}

export interface DeepgramProvider extends TranscriptionProvider {
  /**
   * Sends one request, in any of the ways that Deepgram has; the addresses in it are secrets, and in no error.
   * @throws StageError
   */
  ask(request: DeepgramRequest): Promise<ProviderAnswer>;
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
  const ask = async (request: DeepgramRequest) => {
    try {
      return await inRequestSpan('POST', options.baseUrl, () => requestTranscription(options, limits, request));
    } catch (error) {
      const known = deepgramError(error, options.baseUrl, options.now());
      throw request.callbackUrl !== undefined || 'url' in request.audio ? hideAddresses(known) : known;
    }
  };
  return {
    name,
    host: new URL(options.baseUrl).host,
    simulated: name === 'simulator',
    channelsHeard: ({ channels }) => channels,
    optionsFor: (wanted, channels) => ({ provider: name, parameters: parametersFor(name, wanted, channels) }),
    send: ask,
    ask,
    read: readDeepgramAnswer,
    close: () => dispatcher.destroy(),
  };
}

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
