import type { AskedOptions } from '../events/index.ts';

type Redacting = Pick<AskedOptions, 'redact'>;

/** What the first provider is to mask and the fallback is not asked to, by its names; an outage of the first would leave that in the words. */
export const droppedRedaction = (first: Redacting, fallback: Redacting): string[] =>
  (first.redact ?? []).filter((name) => !fallback.redact?.includes(name));
