import type { ConsentPurpose } from '@onrecord/shared/events';
import type { Actor } from './actor.ts';

/** What can be agreed to, or refused, each by itself. */
export const PURPOSES = ['record', 'transcribe', 'analyse', 'share'] as const satisfies readonly ConsentPurpose[];

/** One answer of one party, as it was recorded. */
export interface Consent {
  /** The id of the event that reported it. */
  consentId: string;
  callSid?: string | undefined;
  conferenceSid?: string | undefined;
  /** `caller`, `called`, `participant`, or the recorder's own name for the party. */
  party: string;
  /** `withdrawn` takes back what the party agreed to, also by number for calls that are over. */
  outcome: 'granted' | 'refused' | 'withdrawn';
  purposes: readonly ConsentPurpose[];
  method: string;
  promptVersion?: string | undefined;
  language?: string | undefined;
  proof?: Proof | undefined;
  recordedAt: Date;
  /** From then on an agreement counts no more; a refusal has no end. */
  expiresAt?: Date | undefined;
  /** Given by the holder of a number for its calls to come; `callSid` is then the leg on which that number is. */
  isByNumber?: boolean | undefined;
  /** Whose token recorded it; absent where a call's own prompt did. */
  recordedBy?: Actor | undefined;
}

/** Where it can be heard or read that the party answered. */
interface Proof {
  /** In the recording, in seconds from its start. */
  offsetSeconds?: number | undefined;
  /** Of the user's own: a form, a letter, a case. */
  reference?: string | undefined;
}

/** The method of an agreement that is none: the party was told, and went on. */
export const NOTICE = 'notice';

/** A party's answer that counts: the latest one for the purpose. */
export interface StandingAnswer {
  consent: Consent;
  /** The party had agreed before it refused. */
  withdrawn: boolean;
  /** It agreed, and that agreement has ended. */
  expired: boolean;
}

/**
 * The latest answer of each party that names the purpose. Two answers of the same instant: the refusal counts, so that the
 * order of their arrival never matters. A notice is no answer: it neither undoes a refusal nor takes the place of a yes.
 * @param when the agreement must hold
 */
export function standingAnswers(consents: readonly Consent[], purpose: ConsentPurpose, when: Date): StandingAnswer[] {
  const byParty = Map.groupBy(
    consents.filter((consent) => consent.purposes.includes(purpose) && !isNotice(consent)),
    (consent) => `${placeOf(consent)}/${consent.party}`,
  );
  return [...byParty.keys()].sort().map((party) => {
    const answers = (byParty.get(party) ?? []).toSorted(compareAnswers);
    const consent = answers.at(-1) as Consent;
    const agreedBefore = answers.some((answer) => answer.outcome === 'granted');
    return {
      consent,
      withdrawn: consent.outcome === 'withdrawn' || (consent.outcome === 'refused' && agreedBefore),
      expired: consent.outcome === 'granted' && hasExpired(consent, when),
    };
  });
}

/** Who was told of the purpose, by the notice itself, as far as it holds at that time. */
export const noticesOf = (consents: readonly Consent[], purpose: ConsentPurpose, when: Date): Consent[] =>
  consents.filter((each) => each.purposes.includes(purpose) && isNotice(each) && !hasExpired(each, when));

export const isAgreement = ({ consent, expired }: StandingAnswer): boolean => consent.outcome === 'granted' && !expired;

/** The leg, or the conference as a whole, that the answer is for. */
export const placeOf = ({ callSid, conferenceSid }: Consent): string => callSid ?? conferenceSid ?? '';

const isNotice = ({ outcome, method }: Consent) => outcome === 'granted' && method === NOTICE;

const hasExpired = ({ expiresAt }: Consent, when: Date) => expiresAt !== undefined && expiresAt <= when;

/**
 * The answers as they are for one recording. One by number is an answer of everybody who answered on that leg, and else of its
 * own party: the number has one holder. An agreement or a refusal by number is for calls to come, a withdrawal for all.
 * @param madeAt when the recording was made
 */
export function answersFor(consents: readonly Consent[], madeAt: Date): Consent[] {
  const onLegs = consents.filter((consent) => !consent.isByNumber);
  const parties = Map.groupBy(onLegs, placeOf);
  const byNumber = consents.filter(
    (consent) => consent.isByNumber && (consent.outcome === 'withdrawn' || consent.recordedAt <= madeAt),
  );
  return [
    ...onLegs,
    ...byNumber.flatMap((consent) => {
      const names = new Set((parties.get(placeOf(consent)) ?? []).map(({ party }) => party));
      return (names.size === 0 ? [consent.party] : [...names]).map((party) => ({ ...consent, party }));
    }),
  ];
}

function compareAnswers(a: Consent, b: Consent): number {
  const byTime = a.recordedAt.getTime() - b.recordedAt.getTime();
  if (byTime !== 0) return byTime;
  const byOutcome = OUTCOME_RANK[a.outcome] - OUTCOME_RANK[b.outcome];
  return byOutcome || (a.consentId < b.consentId ? -1 : 1);
}

const OUTCOME_RANK = { granted: 0, refused: 1, withdrawn: 2 } as const;
