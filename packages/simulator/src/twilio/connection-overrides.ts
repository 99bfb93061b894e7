/** How often and how patiently Twilio asks one URL. */
export interface ConnectionSettings {
  connectTimeoutMs: number;
  readTimeoutMs: number;
  /** All attempts together; Twilio's hard limit for whatever belongs to a call. */
  totalTimeoutMs: number;
  retries: number;
  retryOn: readonly Failure[];
}

/** `ct`: no TCP or TLS connection. `rt`: connected, but no answer. */
export type Failure = 'ct' | 'rt' | '4xx' | '5xx';

const EVERY_FAILURE: readonly Failure[] = ['ct', 'rt', '4xx', '5xx'];

/** Source: Twilio "Webhooks: Connection overrides", defaults and bounds. */
const DEFAULTS: ConnectionSettings = {
  connectTimeoutMs: 5_000,
  readTimeoutMs: 15_000,
  totalTimeoutMs: 15_000,
  retries: 1,
  retryOn: ['ct'],
};

/** Reads `#ct=…&rt=…&tt=…&rc=…&rp=…` from a callback's URL. What is out of bounds is left at its default. */
export function connectionSettings(url: string): ConnectionSettings {
  const overrides = new URLSearchParams(url.split('#')[1] ?? '');
  const number = (name: string, min: number, max: number, otherwise: number) => {
    const text = overrides.get(name) ?? '';
    const value = Number(text);
    return text !== '' && Number.isInteger(value) && value >= min && value <= max ? value : otherwise;
  };
  return {
    connectTimeoutMs: number('ct', 100, 10_000, DEFAULTS.connectTimeoutMs),
    readTimeoutMs: number('rt', 100, 15_000, DEFAULTS.readTimeoutMs),
    totalTimeoutMs: number('tt', 100, 15_000, DEFAULTS.totalTimeoutMs),
    retries: number('rc', 0, 5, DEFAULTS.retries),
    retryOn: retryPolicy(overrides.get('rp')),
  };
}

function retryPolicy(text: string | null): readonly Failure[] {
  const named = (text ?? '').split(',');
  if (named.includes('all')) return EVERY_FAILURE;
  const known = EVERY_FAILURE.filter((failure) => named.includes(failure));
  return known.length > 0 ? known : DEFAULTS.retryOn;
}
