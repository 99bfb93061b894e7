import { plainText } from '@onrecord/shared/telephony/phone-like';
import type { Actor, Answer } from './actor.ts';
import { placeOf, type StandingAnswer } from './consent.ts';
import type { DeletionCause } from './deletion.ts';

/**
 * Who a refusal or withdrawal is from, as a certificate may name them: whoever recorded it, or where and how the party itself answered. The
 * first one of several, since no later one puts the deletion off.
 */
export function requesterOf(refusals: readonly StandingAnswer[], cause: DeletionCause): Actor | Answer | undefined {
  const [first] = refusals
    .filter(({ withdrawn }) => withdrawn === (cause === 'withdrawal'))
    .map(({ consent }) => consent)
    .toSorted((a, b) => a.recordedAt.getTime() - b.recordedAt.getTime() || (a.consentId < b.consentId ? -1 : 1));
  return first && (first.recordedBy ?? { kind: 'answer', id: placeOf(first), method: plainText(first.method) });
}

/** In words, such as `token tok_… compliance` or `answer by key-press in CA…`. */
export const describeRequester = (by: {
  kind: string;
  id: string;
  role?: string | undefined;
  method?: string | undefined;
}) =>
  by.method === undefined
    ? [by.kind, by.id, by.role].filter(Boolean).join(' ')
    : `${by.kind} by ${by.method} in ${by.id}`;
