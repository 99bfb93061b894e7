import { badRequest, type DeepgramFailure } from './errors.ts';
import type { CallbackTarget } from './send-callback.ts';

/** What `POST /v1/listen` was asked for. */
export interface ListenOptions {
  model: string;
  detectLanguage: boolean;
  multichannel: boolean;
  diarize: boolean;
  utterances: boolean;
  /** Capital letters and punctuation: `punctuate` or `smart_format`. */
  punctuated: boolean;
  /** Where the answer is to go; absent: to whoever asked. */
  callback: CallbackTarget | undefined;
}

/** Deepgram's model where none is named. Source: Deepgram "Getting started": "defaults to model=base". */
const DEFAULT_MODEL = 'base';
const FLAGS = ['multichannel', 'diarize', 'utterances', 'punctuate', 'smart_format', 'detect_language'];

/** Reads the query. Options that would change nothing here (language, keyterm, …) are passed over. */
export function readListenOptions(query: URLSearchParams): { options: ListenOptions; failure?: DeepgramFailure } {
  const isOn = (name: string) => query.has(name) && query.get(name) !== 'false';
  const options: ListenOptions = {
    model: query.get('model') ?? DEFAULT_MODEL,
    detectLanguage: isOn('detect_language'),
    multichannel: isOn('multichannel'),
    diarize: isOn('diarize') || isOn('diarize_model'),
    utterances: isOn('utterances'),
    punctuated: isOn('punctuate') || isOn('smart_format'),
    callback: undefined,
  };
  const url = query.get('callback');
  const method = query.get('callback_method')?.toUpperCase() ?? 'POST';
  if (method !== 'POST' && method !== 'PUT') return { options, failure: badRequest('callback_method is POST or PUT') };
  if (url !== null && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    return { options, failure: badRequest('callback is no http or https URL') };
  }
  if (url !== null) options.callback = { url, method };
  const unreadable = FLAGS.find((name) => !['true', 'false', ''].includes(query.get(name) ?? ''));
  if (!unreadable) return { options };
  return { options, failure: badRequest(`${unreadable} is true or false, not "${query.get(unreadable)}"`) };
}
