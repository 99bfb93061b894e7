import { type Consent, placeOf } from './consent.ts';
import { consentedOf, refusalsOf } from './consented.ts';
import type { RecordingEntry } from './custody.ts';
import type { RetentionPolicy } from './policy.ts';
import { list } from './reasons.ts';

/**
 * Why nothing of the recording is given to whoever holds an address of it, in plain words with the remedy; `undefined` where it may be.
 * Where the policy asks for no more, only somebody's no stands in the way; the end of an agreement is looked at when it is asked for.
 */
export function whyNotShared(
  { facts, decision }: Pick<RecordingEntry, 'facts' | 'decision'>,
  { sharing }: Pick<RetentionPolicy, 'sharing'>,
  now: Date,
): string | undefined {
  const refused = refusalsOf(facts, 'share', now).map(({ consent }) => nameOf(consent));
  if (refused.length > 0) {
    return `Sharing it was refused by ${list(refused)}; a later agreement to share by the same party undoes that.`;
  }
  if (sharing === 'unless-refused') return undefined;
  const clearance = decision?.clearance;
  const consented = clearance?.outcome === 'cleared' ? consentedOf(clearance) : [];
  const share = consented.find(({ purpose }) => purpose === 'share');
  if (share !== undefined && (share.until === undefined || share.until > now)) return undefined;
  return (
    'The policy has it shared by agreement alone (consent.sharing, CONSENT_SHARING), and it is not cleared for that: ' +
    'record agreements for the purpose share; `onrecord decision` says whose are missing.'
  );
}

const nameOf = (consent: Consent) => `${consent.party} of ${placeOf(consent)}`;
