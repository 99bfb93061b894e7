import type { Consent, StandingAnswer } from './consent.ts';
import { type Basis, basisOf, describeBasis } from './consent-basis.ts';
import { type Consented, consentedTo, refusalsOf, saidTo } from './consented.ts';
import type { RetentionPolicy } from './policy.ts';
import {
  describeAgreement,
  describeMissing,
  describeRefusal,
  describeSettling,
  describeUnread,
  FORGOTTEN,
  remedies,
  SETTLING_LEG,
  UNREAD_REMEDIES,
  undoes,
} from './reasons.ts';
import { type CallFacts, isForAll, missingFrom, type Need, needOf, type Said } from './who-must-agree.ts';

/** Everything that decides whether a recording may be kept and transcribed. */
export interface ClearanceFacts extends CallFacts {
  /** Answers given on these legs, by these participants, for the conference as a whole, or by the holders of their numbers. */
  consents: readonly Consent[];
  /** What there is more of than was read. */
  unread: readonly Unread[];
  /** Nothing was told yet of a leg that it names, and there were calls of which nothing is known any more: it may be of one of those. */
  mayBeForgotten?: boolean | undefined;
}

/** `forgotten`: what was known of a call that is part of it was removed, and with it what anybody had answered. */
export type Unread = 'legs' | 'participants' | 'answers' | 'forgotten';

type ClearedPurpose = 'store' | 'transcribe';

interface Explained {
  /** Names the rule of the policy that applied. */
  rule: string;
  /** Why, in plain words. */
  reason: string;
  /** What was asked for, and by whose law; absent on decisions of before that was written down. */
  basis?: Basis | undefined;
}

/** What the policy says of a recording at one moment. */
export type Clearance = Explained &
  (
    | {
        outcome: 'cleared';
        /** What is done with it here. */
        purposes: readonly ClearedPurpose[];
        /** What may be done with it by anybody; absent on decisions of before that was written down. */
        consented?: readonly Consented[] | undefined;
      }
    | { outcome: 'refused'; cause: 'refusal' | 'withdrawal'; releasedBy: readonly string[] }
    | { outcome: 'waiting'; releasedBy: readonly string[]; reviewAt: Date }
    | { outcome: 'withheld'; releasedBy: readonly string[] }
  );

/** What was said to being recorded, and what each purpose needs. */
interface Asked {
  record: Said;
  need: Need;
  basis: Basis;
}

/** The consent gate: a pure function of what is known, so that no order or repetition of events can change its answer. */
export function decideClearance(facts: ClearanceFacts, policy: RetentionPolicy, now: Date): Clearance {
  const basis = basisOf(policy.consentMode, facts);
  const refusals = refusalsOf(facts, 'record', now);
  if (refusals.length > 0) return { ...refusedBy(refusals), basis };

  if (facts.unread.includes('forgotten')) {
    return { outcome: 'withheld', rule: 'call-forgotten', reason: FORGOTTEN, releasedBy: UNREAD_REMEDIES, basis };
  }

  const asked: Asked = {
    record: saidTo(facts, 'record', now),
    need: needOf(policy.consentMode, facts),
    basis,
  };
  const missing = missingFrom(facts, asked.record, asked.need);
  if (missing.length === 0 && facts.unread.length === 0) return cleared(facts, asked, policy, now);
  return { ...unknown(facts, missing, asked, policy, now), basis };
}

function unknown(
  facts: ClearanceFacts,
  missing: readonly string[],
  { need, basis }: Asked,
  policy: RetentionPolicy,
  now: Date,
): Clearance {
  const reviewAt = new Date(facts.recording.reportedAt.getTime() + policy.gracePeriodMs);
  const why =
    facts.unread.length > 0
      ? { reason: describeUnread(facts.unread), releasedBy: UNREAD_REMEDIES }
      : {
          reason: [describeMissing(facts.recording, missing, need), describeBasis(basis)].filter(Boolean).join(' '),
          releasedBy: remedies(facts.recording, missing, need, basis),
        };
  return now < reviewAt
    ? { outcome: 'waiting', rule: 'consent-unknown-within-grace-period', ...why, reviewAt }
    : { outcome: 'withheld', rule: 'consent-unknown-after-grace-period', ...why };
}

function refusedBy(refusals: readonly StandingAnswer[]): Clearance {
  const withdrawn = refusals.every((refusal) => refusal.withdrawn);
  return {
    outcome: 'refused',
    cause: withdrawn ? 'withdrawal' : 'refusal',
    rule: withdrawn ? 'consent-withdrawn' : 'any-party-refuses',
    reason: describeRefusal(refusals),
    releasedBy: refusals.map(undoes),
  };
}

function cleared(facts: ClearanceFacts, asked: Asked, policy: RetentionPolicy, now: Date): Clearance {
  const { record, need, basis } = asked;
  const given = consentedTo(facts, need, now);
  const mayTranscribe = given.some(({ purpose }) => purpose === 'transcribe');
  const { conferenceSid, learnedAt } = facts.recording;
  const settlesAt = new Date(learnedAt.getTime() + policy.conferenceSettleMs);
  // What nobody spoke of is cleared by nothing that another participant could change.
  const counted = given.filter(
    ({ purpose, said }) => isDoneHere(purpose) || said.answers.length + said.notices.length > 0,
  );
  if (facts.mayBeForgotten && now < settlesAt) {
    return { outcome: 'waiting', rule: 'leg-settling', ...SETTLING_LEG, reviewAt: settlesAt, basis };
  }
  const isSettled = now >= settlesAt || counted.every(({ said }) => isForAll(said, need, conferenceSid));
  if (!isSettled && dependsOnWhoJoined(facts, policy, need)) {
    const settling = describeSettling(facts.recording);
    const rule = conferenceSid === undefined ? 'call-settling' : 'conference-settling';
    return { outcome: 'waiting', rule, ...settling, reviewAt: settlesAt, basis };
  }
  return {
    outcome: 'cleared',
    purposes: mayTranscribe ? ['store', 'transcribe'] : ['store'],
    consented: given.map(({ said: _, ...each }) => each),
    rule: ruleOf(facts, policy, need),
    reason: [describeAgreement(record, need, mayTranscribe), describeBasis(basis)].filter(Boolean).join(' '),
    basis,
  };
}

const isDoneHere = (purpose: string): boolean => purpose === 'record' || purpose === 'transcribe';

/** A leg that is learned of late can bring another place, or another party who must agree. */
const dependsOnWhoJoined = ({ recording }: ClearanceFacts, policy: RetentionPolicy, need: Need): boolean =>
  policy.consentMode === 'by-rule' || (recording.conferenceSid !== undefined && need.of !== 'nothing');

function ruleOf({ recording, places }: ClearanceFacts, { consentMode }: RetentionPolicy, need: Need): string {
  if (consentMode === 'none') return 'no-consent-asked';
  if (consentMode === 'by-rule') return `${places.requirement}-rule`;
  const who = recording.conferenceSid === undefined ? 'call-party' : 'every-participant';
  return `${who}-${need.of === 'notice' ? 'told' : 'agrees'}`;
}

/** The answers that bear on this recording, out of any set of them. */
export function relevantConsents(
  facts: Pick<ClearanceFacts, 'recording' | 'legs' | 'participants'>,
  consents: readonly Consent[],
): Consent[] {
  const legs = new Set([...facts.legs, ...facts.participants]);
  return consents.filter(
    (consent) =>
      (consent.callSid !== undefined && legs.has(consent.callSid)) ||
      (consent.conferenceSid !== undefined && consent.conferenceSid === facts.recording.conferenceSid),
  );
}
