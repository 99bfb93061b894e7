import { badRequest, type DeepgramFailure } from './errors.ts';

/** What `POST /v1/listen` was asked for. */
export interface ListenOptions {
  model: string;
  detectLanguage: boolean;
  multichannel: boolean;
  diarize: boolean;
  utterances: boolean;
  /** Capital letters and punctuation: `punctuate` or `smart_format`. */
  punctuated: boolean;
}

/** Deepgram's model where none is named. Source: Deepgram "Getting started": "defaults to model=base". */
const DEFAULT_MODEL = 'base';
const FLAGS = ['multichannel', 'diarize', 'utterances', 'punctuate', 'smart_format', 'detect_language'];
/** Answers to another place are not simulated. */
const REFUSED = ['callback', 'callback_method'];

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
  };
  const refused = REFUSED.find((name) => query.has(name));
  if (refused) return { options, failure: badRequest(`${refused} is not simulated: wait for the answer instead`) };
  const unreadable = FLAGS.find((name) => !['true', 'false', ''].includes(query.get(name) ?? ''));
  if (!unreadable) return { options };
  return { options, failure: badRequest(`${unreadable} is true or false, not "${query.get(unreadable)}"`) };
}
