import { type Consent, isAgreement, placeOf, type StandingAnswer } from './consent.ts';
import type { PlacesRule, RuleBook } from './jurisdictions/rule-book.ts';
import type { ConsentMode } from './policy.ts';
import type { Recording } from './recording.ts';

/** One end of a leg. Numbers stay out of it: what is written down of a decision outlasts an erasure. */
export interface Party {
  callSid: string;
  side: 'from' | 'to';
  /** Who is on the leg; the other end is where it was placed from, or the number that was called. */
  isPerson: boolean;
  /** Codes of ISO 3166 that the number can be in; none where that is unknown. */
  places: readonly string[];
  /** False once it is known that the leg was never answered. */
  tookPart: boolean;
}

/** What decides on whose agreement is needed. */
export interface CallFacts {
  recording: Recording;
  /** CallSids of the leg that the recording hangs on, its parent and their children. Empty for a conference. */
  legs: readonly string[];
  /** CallSids that joined the conference. */
  participants: readonly string[];
  parties: readonly Party[];
  /** What the places of everybody ask for, by the rules of that version. */
  places: PlacesRule & { version: string };
}

/** What must be there for a purpose. */
export interface Need {
  /** `nothing`: that nobody refuses is enough. */
  of: 'nothing' | 'notice' | 'agreement';
  /** In a call, of every leg that was answered, and not only of the one that is recorded. */
  fromEverybody: boolean;
}

export function needOf(mode: ConsentMode, { places }: Pick<CallFacts, 'places'>): Need {
  switch (mode) {
    case 'explicit':
      return { of: 'agreement', fromEverybody: false };
    case 'notice':
      return { of: 'notice', fromEverybody: false };
    case 'none':
      return { of: 'nothing', fromEverybody: false };
    case 'by-rule':
      // Whoever records is a party to the call: where one is enough, that one agrees by recording.
      return {
        of: { 'one-party': 'nothing', notice: 'notice', 'all-party': 'agreement' }[places.requirement] as Need['of'],
        fromEverybody: true,
      };
  }
}

/** What was said to a purpose. */
export interface Said {
  answers: readonly StandingAnswer[];
  /** Who was told, as far as they did not answer. */
  notices: readonly Consent[];
}

/** Whose part is missing: CallSids of legs or participants, or the ConferenceSid where no participant is known. */
export function missingFrom(facts: CallFacts, said: Said, need: Need): string[] {
  if (need.of === 'nothing') return [];
  const { callSid, conferenceSid, recordingSid } = facts.recording;
  const done = new Set(sufficient(said, need).map(placeOf));
  if (conferenceSid === undefined) {
    // Twilio hangs a recording on the parent leg, a trunk on its own: a yes on another leg is another party's, whatever it is called.
    const own = callSid ?? recordingSid;
    const others = need.fromEverybody ? facts.legs.filter((leg) => leg !== own && tookPart(facts, leg)) : [];
    return [own, ...others.toSorted()].filter((leg) => !done.has(leg));
  }
  if (done.has(conferenceSid)) return [];
  if (facts.participants.length === 0) return [conferenceSid];
  return facts.participants.filter((participant) => !done.has(participant)).toSorted();
}

/** What there is of what is needed. */
export const sufficient = ({ answers, notices }: Said, need: Need): Consent[] => [
  ...answers.filter(isAgreement).map(({ consent }) => consent),
  ...(need.of === 'notice' ? notices : []),
];

/** Somebody agreed for the whole conference: that covers everybody, known or not. */
export const isForAll = (said: Said, need: Need, conferenceSid: string | undefined): boolean =>
  conferenceSid !== undefined && sufficient(said, need).some((consent) => placeOf(consent) === conferenceSid);

/** A leg of which nothing is known may have been answered. */
const tookPart = ({ parties }: CallFacts, callSid: string): boolean =>
  !parties.some((party) => party.callSid === callSid && !party.tookPart);

/** What the places of everybody who took part ask for, when the recording was made. A leg of which nothing is known may be anywhere. */
export function placesRule(
  facts: Pick<CallFacts, 'recording' | 'legs' | 'participants' | 'parties'>,
  book: RuleBook,
): CallFacts['places'] {
  const { recording, legs, participants, parties } = facts;
  const known = new Set(parties.map((party) => party.callSid));
  const isComplete = [...legs, ...participants].every((callSid) => known.has(callSid));
  const places = parties.filter((party) => party.tookPart).map((party) => party.places);
  const rule = book.strictest(isComplete ? places : [...places, []], recording.startedAt ?? recording.reportedAt);
  return { ...rule, version: book.version };
}
