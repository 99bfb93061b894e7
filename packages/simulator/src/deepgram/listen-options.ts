import { badRequest, type DeepgramFailure } from './errors.ts';

/** What `POST /v1/listen` was asked for. */
export interface ListenOptions {
  model: string;
  language: string;
  detectLanguage: boolean;
  multichannel: boolean;
  diarize: boolean;
  utterances: boolean;
  /** Capital letters and punctuation: `punctuate` or `smart_format`. */
  punctuated: boolean;
}

/** Deepgram's model where none is named. Source: Deepgram "Getting started": "defaults to model=base". */
const DEFAULT_MODEL = 'base';

/** Reads the query. Options that are not simulated and change nothing here are passed over, as most of Deepgram's do. */
export function readListenOptions(query: URLSearchParams): ListenOptions | { failure: DeepgramFailure } {
  for (const name of ['callback', 'callback_method']) {
    if (query.has(name)) return { failure: badRequest(`${name} is not simulated: wait for the answer instead`) };
  }
  const flags = ['multichannel', 'diarize', 'utterances', 'punctuate', 'smart_format', 'detect_language'];
  const unreadable = flags.find((name) => query.has(name) && !['true', 'false', ''].includes(query.get(name) ?? ''));
  if (unreadable) return { failure: badRequest(`${unreadable} is true or false, not "${query.get(unreadable)}"`) };
  const isOn = (name: string) => query.has(name) && query.get(name) !== 'false';
  return {
    model: query.get('model') ?? DEFAULT_MODEL,
    language: query.get('language') ?? 'en',
    detectLanguage: isOn('detect_language'),
    multichannel: isOn('multichannel'),
    diarize: isOn('diarize') || isOn('diarize_model'),
    utterances: isOn('utterances'),
    punctuated: isOn('punctuate') || isOn('smart_format'),
  };
}
