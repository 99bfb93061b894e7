/** Speech providers that an installation can be given. */
export const PROVIDERS = ['deepgram', 'openai-compatible', 'simulator'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** What can be masked, by what it is called, and in which languages alone. */
interface Redaction {
  names: RegExp;
  /** Of BCP 47, the language alone. */
  languages: readonly string[];
}

/** What a provider can be asked for. A list of booleans names the values that it can be given. */
export interface ProviderCapabilities {
  /** Where this is said, and when it was read. */
  sources: readonly string[];
  /** The model that is asked for where nobody names one; `undefined`: a setting says it. */
  defaultModel: string | undefined;
  /** Models that follow speech from language to language (`multi`). */
  multilingual: RegExp | undefined;
  diarize: readonly boolean[];
  multichannel: readonly boolean[];
  redact: readonly Redaction[];
  keyterms: { models: RegExp; max: number } | undefined;
  smartFormat: readonly boolean[];
  mipOptOut: readonly boolean[];
}

const deepgram: ProviderCapabilities = {
  sources: [
    'https://developers.deepgram.com/docs/redaction and /changelog/2026/6/24 (read 2026-11-21): entities in English, numbers in twelve languages',
    'https://developers.deepgram.com/docs/keyterm (read 2026-11-21): Nova-3, up to 100 terms and 500 tokens',
    'https://developers.deepgram.com/docs/multilingual-code-switching (read 2026-11-21): language=multi with Nova-2 and Nova-3',
    'https://developers.deepgram.com/reference/speech-to-text/listen-pre-recorded (read 2026-11-21): diarize_model, smart_format, mip_opt_out',
  ],
  defaultModel: 'nova-3',
  multilingual: /^nova-[23]($|-)/,
  diarize: [true, false],
  // Channels that were mixed would not say any more who speaks.
  multichannel: [true],
  redact: [
    {
      names: /^(numbers|aggressive_numbers)$/,
      languages: ['da', 'nl', 'en', 'fr', 'de', 'it', 'no', 'pl', 'pt', 'es', 'sv'],
    },
    { names: /^[a-z][a-z_]*$/, languages: ['en'] },
  ],
  keyterms: { models: /^nova-3($|-)/, max: 100 },
  smartFormat: [true, false],
  mipOptOut: [true, false],
};

/** What each provider can be asked for, so that what it cannot do is refused by name and never left out in silence. */
export const CAPABILITIES: Readonly<Record<ProviderName, ProviderCapabilities>> = {
  deepgram,
  // It speaks Deepgram's protocol, and is to refuse what Deepgram would.
  simulator: deepgram,
  'openai-compatible': {
    sources: [
      'https://platform.openai.com/docs/api-reference/audio/createTranscription (read 2026-11-21): model, language and a free prompt; nothing of the rest',
    ],
    defaultModel: undefined,
    multilingual: undefined,
    diarize: [false],
    // Such servers mix channels down, so each is a request of its own.
    multichannel: [true],
    redact: [],
    keyterms: undefined,
    smartFormat: [],
    mipOptOut: [],
  },
};
