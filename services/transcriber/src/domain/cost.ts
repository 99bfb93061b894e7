import type { TranscriptCost } from '@onrecord/shared/events';
import type { ProviderOptions } from './options-fingerprint.ts';
import { PRICES, type Price } from './prices.ts';

export interface Billed {
  /** The host that was asked. */
  host: string;
  options: ProviderOptions;
  seconds: number;
  /** When it was paid. */
  at: Date;
}

/** What the seconds cost by the provider's list price of that day. An unknown price is said to be unknown, and is never nothing. */
export function costOf({ at, host, options, seconds }: Billed, prices: readonly Price[] = PRICES): TranscriptCost {
  const { parameters, provider } = options;
  const day = at.toISOString().slice(0, 10);
  const price = prices
    .filter((each) => each.inForceFrom <= day && fits(each, host, options))
    // The newest, and of those of one day the first.
    .reduce<Price | undefined>((best, each) => (best && best.inForceFrom >= each.inForceFrom ? best : each), undefined);
  if (!price) {
    const model = typeof parameters.model === 'string' ? parameters.model : 'its model';
    return { isKnown: false, reason: `no price is known of ${model} by ${provider} at ${host}` };
  }
  const unknown = price.unknownExtras?.filter((name) => (parameters[name] ?? false) !== false) ?? [];
  if (unknown.length > 0) {
    return { isKnown: false, reason: `what ${provider} charges for ${unknown.join(', ')} is not known` };
  }
  const extras = Object.entries(price.extras ?? {}).filter(([parameter]) => parameter in parameters);
  const perMinute = exact(extras.reduce((sum, [, extra]) => sum + extra, price.perMinute));
  const { currency, inForceFrom, source } = price;
  return { isKnown: true, amount: exact((seconds / 60) * perMinute), currency, perMinute, inForceFrom, source };
}

function fits({ host, model, only, provider }: Price, asked: string, options: ProviderOptions): boolean {
  const { parameters } = options;
  return (
    provider === options.provider &&
    (host === undefined || host === asked) &&
    (model === undefined || model === parameters.model) &&
    (only === undefined || only.value === parameters[only.name])
  );
}

/** A second of audio costs about a ten-thousandth of a dollar: a millionth part of that is exact enough, and no binary fraction shows. */
const exact = (amount: number) => Math.round(amount * 1e10) / 1e10;
