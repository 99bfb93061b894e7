import type { ConsentPurpose } from '@onrecord/shared/events';

/** One answer of one party, as it was recorded. */
export interface Consent {
  /** The id of the event that reported it. */
  consentId: string;
  callSid?: string | undefined;
  conferenceSid?: string | undefined;
  /** `caller`, `called`, `participant`, or the recorder's own name for the party. */
  party: string;
  outcome: 'granted' | 'refused';
  purposes: readonly ConsentPurpose[];
  method: string;
  recordedAt: Date;
}

/** A party's answer that counts: the latest one for the purpose. */
export interface StandingAnswer {
  consent: Consent;
  /** The party had agreed before it refused. */
  withdrawn: boolean;
}

/**
 * The latest answer of each party that names the purpose. Two answers of the same instant: the refusal counts, so that the
 * order of their arrival never matters.
 */
export function standingAnswers(consents: readonly Consent[], purpose: ConsentPurpose): StandingAnswer[] {
  const byParty = new Map<string, Consent[]>();
  for (const consent of consents) {
    if (!consent.purposes.includes(purpose)) continue;
    const party = `${consent.callSid ?? consent.conferenceSid}/${consent.party}`;
    byParty.set(party, [...(byParty.get(party) ?? []), consent]);
  }
  return [...byParty.keys()].sort().map((party) => {
    const answers = (byParty.get(party) ?? []).toSorted(compareAnswers);
    const consent = answers.at(-1) as Consent;
    const agreedBefore = answers.some((answer) => answer.outcome === 'granted');
    return { consent, withdrawn: consent.outcome === 'refused' && agreedBefore };
  });
}

function compareAnswers(a: Consent, b: Consent): number {
  const byTime = a.recordedAt.getTime() - b.recordedAt.getTime();
  if (byTime !== 0) return byTime;
  if (a.outcome !== b.outcome) return a.outcome === 'refused' ? 1 : -1;
  return a.consentId < b.consentId ? -1 : 1;
}
