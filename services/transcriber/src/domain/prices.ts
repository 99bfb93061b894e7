/** What a provider charges, as it was published. A change is a new entry beside the old one, which what was paid before refers to. */
export interface Price {
  /** As in events and metrics. */
  provider: string;
  /** The host whose price it is: a self-hosted or another server with the same model costs something else. Absent for any. */
  host?: string;
  /** As it is asked for; absent for any. */
  model?: string;
  /** Only where the request has this parameter with this value. */
  only?: { name: string; value: string };
  perMinute: number;
  /** ISO 4217. */
  currency: 'USD';
  /** Extra charges, a minute, for requests that have the parameter. */
  extras?: { readonly [parameter: string]: number };
  /** Parameters that change the price by nobody here knows how much: with them it is not known. */
  unknownExtras?: readonly string[];
  /** From this day on (UTC) it is known to hold, `YYYY-MM-DD`. */
  inForceFrom: string;
  /** Where it is published. */
  source: string;
}

const DEEPGRAM = {
  provider: 'deepgram',
  host: 'api.deepgram.com',
  currency: 'USD',
  extras: { diarize_model: 0.002 },
  unknownExtras: ['redact', 'keyterm', 'mip_opt_out'],
  inForceFrom: '2026-05-05',
  source: 'https://deepgram.com/pricing',
} as const;

/**
 * Pay-as-you-go list prices of recorded audio. Of several that fit, the first counts. Deepgram's are as github.com/hail-hq/hail
 * (costs/stt.json) confirmed them on that day; language detection is not named there and counts as one language. OpenAI's other models
 * are charged by tokens, and have no price by the minute.
 */
export const PRICES: readonly Price[] = [
  { ...DEEPGRAM, model: 'nova-3', only: { name: 'language', value: 'multi' }, perMinute: 0.0052 },
  { ...DEEPGRAM, model: 'nova-3', perMinute: 0.0043 },
  { ...DEEPGRAM, model: 'nova-3-general', only: { name: 'language', value: 'multi' }, perMinute: 0.0052 },
  { ...DEEPGRAM, model: 'nova-3-general', perMinute: 0.0043 },
  {
    provider: 'openai-compatible',
    host: 'api.openai.com',
    model: 'whisper-1',
    perMinute: 0.006,
    currency: 'USD',
    inForceFrom: '2026-05-05',
    source: 'https://developers.openai.com/api/docs/models/whisper-1',
  },
  {
    provider: 'simulator',
    perMinute: 0,
    currency: 'USD',
    inForceFrom: '1970-01-01',
    source: 'the simulator charges nothing',
  },
];
