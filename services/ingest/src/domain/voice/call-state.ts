import { named, type VoiceFile, type VoiceLanguage } from './voice-file.ts';

const PLACE_KINDS = ['menu', 'destination', 'voicemail'] as const;

/** Where the caller is; it travels in the address that Twilio calls next, and Twilio's signature covers it. */
export interface CallState {
  at: { kind: (typeof PLACE_KINDS)[number]; name: string } | { kind: 'language' } | { kind: 'consent' } | undefined;
  /** Id of a language of the file. */
  language: string;
  consent: 'granted' | 'refused' | 'none';
  /** How often the same was asked again. */
  tries: number;
}

/** The state of a call that just came in for this number. */
export const newCall = (file: VoiceFile, to: string): CallState => ({
  at: undefined,
  language: (languageOfNumber(file, to) ?? defaultLanguage(file)).id,
  consent: 'none',
  tries: 0,
});

export const languageOfNumber = ({ languages }: VoiceFile, to: string): VoiceLanguage | undefined =>
  languages.find(({ numbers }) => numbers.includes(to));

export const languageOf = (file: VoiceFile, { language }: Pick<CallState, 'language'>): VoiceLanguage =>
  file.languages.find(({ id }) => id === language) ?? defaultLanguage(file);

/** The schema keeps `languages` from being empty. */
const defaultLanguage = ({ languages }: VoiceFile) => languages[0] as VoiceLanguage;

export function toQuery({ at, language, consent, tries }: CallState): Record<string, string> {
  const place = at === undefined ? undefined : 'name' in at ? `${at.kind}:${at.name}` : at.kind;
  return { ...(place !== undefined && { at: place }), lang: language, consent, tries: String(tries) };
}

/** What the file has not, because it changed meanwhile, is left out: the call goes on from the start then. */
export function fromQuery(file: VoiceFile, query: Readonly<Record<string, string>>, to: string): CallState {
  const initial = newCall(file, to);
  const { lang = '', consent = '', tries = '' } = query;
  return {
    at: readPlace(file, query.at ?? ''),
    language: file.languages.some(({ id }) => id === lang) ? lang : initial.language,
    consent: consent === 'granted' || consent === 'refused' ? consent : 'none',
    tries: /^\d{1,3}$/.test(tries) ? Number(tries) : 0,
  };
}

function readPlace(file: VoiceFile, text: string): CallState['at'] {
  if (text === 'language' || text === 'consent') return { kind: text };
  const [kindText, name = ''] = text.split(':', 2);
  const kind = PLACE_KINDS.find((one) => one === kindText);
  if (kind === undefined || named<object>(file[`${kind}s`], name) === undefined) return undefined;
  return { kind, name };
}
