import { type Consent, type StandingAnswer, standingAnswers } from './consent.ts';
import type { RetentionPolicy } from './policy.ts';
import {
  describeAgreement,
  describeMissing,
  describeRefusal,
  describeSettling,
  describeUnread,
  remedies,
  UNREAD_REMEDIES,
  undoes,
} from './reasons.ts';
import type { Recording } from './recording.ts';

/** Everything that decides whether a recording may be kept and transcribed. */
export interface ClearanceFacts {
  recording: Recording;
  /** CallSids of the leg that the recording hangs on, its parent and their children. Empty for a conference. */
  legs: readonly string[];
  /** CallSids that joined the conference. */
  participants: readonly string[];
  /** Answers given on these legs, by these participants, or for the conference as a whole. */
  consents: readonly Consent[];
  /** What there is more of than was read. */
  unread: readonly Unread[];
}

export type Unread = 'legs' | 'participants' | 'answers';

type ClearedPurpose = 'store' | 'transcribe';

interface Explained {
  /** Names the rule of the policy that applied. */
  rule: string;
  /** Why, in plain words. */
  reason: string;
}

/** What the policy says of a recording at one moment. */
export type Clearance = Explained &
  (
    | { outcome: 'cleared'; purposes: readonly ClearedPurpose[] }
    | { outcome: 'refused'; cause: 'refusal' | 'withdrawal'; releasedBy: readonly string[] }
    | { outcome: 'waiting'; releasedBy: readonly string[]; reviewAt: Date }
    | { outcome: 'withheld'; releasedBy: readonly string[] }
  );

/** The consent gate: a pure function of what is known, so that no order or repetition of events can change its answer. */
export function decideClearance(facts: ClearanceFacts, policy: RetentionPolicy, now: Date): Clearance {
  const answers = standingAnswers(facts.consents, 'record');
  const refusals = answers.filter(({ consent }) => consent.outcome === 'refused');
  if (refusals.length > 0) return refusedBy(refusals);

  const missing = missingAnswers(facts, answers);
  if (missing.length === 0 && facts.unread.length === 0) return cleared(facts, answers, policy, now);

  const reviewAt = new Date(facts.recording.reportedAt.getTime() + policy.gracePeriodMs);
  const unknown =
    facts.unread.length > 0
      ? { reason: describeUnread(facts.unread), releasedBy: UNREAD_REMEDIES }
      : { reason: describeMissing(facts.recording, missing), releasedBy: remedies(facts.recording, missing) };
  return now < reviewAt
    ? { outcome: 'waiting', rule: 'consent-unknown-within-grace-period', ...unknown, reviewAt }
    : { outcome: 'withheld', rule: 'consent-unknown-after-grace-period', ...unknown };
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

function cleared(
  facts: ClearanceFacts,
  answers: readonly StandingAnswer[],
  policy: RetentionPolicy,
  now: Date,
): Clearance {
  const transcription = standingAnswers(facts.consents, 'transcribe');
  const mayTranscribe =
    transcription.every(({ consent }) => consent.outcome === 'granted') &&
    missingAnswers(facts, transcription).length === 0;
  const { conferenceSid, learnedAt } = facts.recording;
  const settlesAt = new Date(learnedAt.getTime() + policy.conferenceSettleMs);
  const counted = mayTranscribe ? [answers, transcription] : [answers];
  if (conferenceSid !== undefined && now < settlesAt && !counted.every((some) => isForAll(some, conferenceSid))) {
    return { outcome: 'waiting', rule: 'conference-settling', ...describeSettling(conferenceSid), reviewAt: settlesAt };
  }
  return {
    outcome: 'cleared',
    purposes: mayTranscribe ? ['store', 'transcribe'] : ['store'],
    rule: conferenceSid === undefined ? 'call-party-agrees' : 'every-participant-agrees',
    reason: describeAgreement(answers, mayTranscribe),
  };
}

/** Whose agreement is missing: CallSids of legs or participants, or the ConferenceSid where no participant is known. */
function missingAnswers(facts: ClearanceFacts, answers: readonly StandingAnswer[]): string[] {
  const granted = answers.filter(({ consent }) => consent.outcome === 'granted').map(({ consent }) => consent);
  const { callSid, conferenceSid } = facts.recording;
  if (conferenceSid === undefined) {
    // Twilio hangs a recording on the parent leg, a trunk on its own: a yes on another leg is another party's, whatever it is called.
    const agreed = granted.some((consent) => consent.callSid === callSid);
    return agreed ? [] : [callSid ?? facts.recording.recordingSid];
  }
  if (isForAll(answers, conferenceSid)) return [];
  if (facts.participants.length === 0) return [conferenceSid];
  const agreed = new Set(granted.map((consent) => consent.callSid));
  return facts.participants.filter((participant) => !agreed.has(participant)).toSorted();
}

/** Somebody agreed for the whole conference: that covers everybody, known or not. */
const isForAll = (answers: readonly StandingAnswer[], conferenceSid: string): boolean =>
  answers.some(
    ({ consent }) =>
      consent.outcome === 'granted' && consent.callSid === undefined && consent.conferenceSid === conferenceSid,
  );

/** The answers that bear on this recording, out of any set of them. */
export function relevantConsents(facts: Omit<ClearanceFacts, 'consents'>, consents: readonly Consent[]): Consent[] {
  const legs = new Set([...facts.legs, ...facts.participants]);
  return consents.filter(
    (consent) =>
      (consent.callSid !== undefined && legs.has(consent.callSid)) ||
      (consent.conferenceSid !== undefined && consent.conferenceSid === facts.recording.conferenceSid),
  );
}
