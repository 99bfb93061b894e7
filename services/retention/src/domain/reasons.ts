import type { Consent, StandingAnswer } from './consent.ts';
import type { DeletionCause } from './deletion.ts';
import type { Recording } from './recording.ts';

/** A conference can have hundreds of participants; a reason names this many and counts the rest. */
const NAMED_MAX = 5;

export function describeAgreement(answers: readonly StandingAnswer[], mayTranscribe: boolean): string {
  const agreed = answers.filter(({ consent }) => consent.outcome === 'granted');
  const to = mayTranscribe ? 'recording and transcription' : 'recording, not to transcription';
  return `Agreed to ${to}: ${list(agreed.map(({ consent }) => answerOf(consent)))}.`;
}

export function describeRefusal(refusals: readonly StandingAnswer[]): string {
  const [withdrawn, refused] = [refusals.filter((r) => r.withdrawn), refusals.filter((r) => !r.withdrawn)];
  const sentences = [
    refused.length > 0 && `Refused recording: ${list(refused.map(({ consent }) => answerOf(consent)))}.`,
    withdrawn.length > 0 &&
      `Withdrew an earlier agreement: ${list(withdrawn.map(({ consent }) => answerOf(consent)))}.`,
  ];
  return sentences.filter(Boolean).join(' ');
}

/** @param missing SIDs whose agreement is not recorded */
export function describeMissing(recording: Recording, missing: readonly string[]): string {
  if (recording.conferenceSid === undefined) {
    return recording.callSid === undefined
      ? 'Twilio named neither a call nor a conference for this recording, so no answer can belong to it.'
      : `Nobody's agreement to recording is known for call ${recording.callSid}.`;
  }
  return missing[0] === recording.conferenceSid
    ? `No participant of conference ${recording.conferenceSid} is known, and nobody answered for the conference.`
    : `Not every participant of conference ${recording.conferenceSid} agreed; no answer from ${list(missing)}.`;
}

/** Everybody agreed of whom it is known by now that they joined. */
export const describeSettling = (conferenceSid: string): { reason: string; releasedBy: string[] } => ({
  reason: `Everybody who is known to have joined conference ${conferenceSid} agreed; others may become known yet.`,
  releasedBy: ['Nobody else becoming known within the settle period.', agreementForAll(conferenceSid)],
});

export const describeUnread = (unread: readonly string[]): string =>
  `This recording has more ${unread.join(' and ')} than one decision reads, so it is not known whether everybody agreed.`;

export const UNREAD_REMEDIES: readonly string[] = [
  'Nothing that is recorded here: the recording stays at Twilio, to be decided on by hand.',
];

/** What would release a recording whose consent is unknown, one sentence each. */
export function remedies(recording: Recording, missing: readonly string[]): string[] {
  if (recording.conferenceSid !== undefined) {
    const participants = missing.filter((sid) => sid !== recording.conferenceSid).map(agreementOf);
    return [...participants, agreementForAll(recording.conferenceSid)];
  }
  return recording.callSid === undefined
    ? ['A report from Twilio that names the call of this recording.']
    : [agreementOf(recording.callSid)];
}

/** What would undo a refusal. */
export const undoes = ({ consent }: StandingAnswer): string =>
  `A later agreement by the same party (${consent.party}, ${consent.callSid ?? consent.conferenceSid}), before the deletion starts.`;

const CAUSES: Readonly<Record<DeletionCause, string>> = {
  refusal: 'Deleted because a party refused.',
  withdrawal: 'Deleted because a party withdrew its agreement.',
  schedule: 'Deleted because its retention period was over.',
  operator: 'Deleted at the time that an operator set.',
  erasure: 'Deleted because its erasure was asked for.',
};

/** Why a recording goes or went. */
export const describeCause = (cause: DeletionCause): string => CAUSES[cause];

const agreementOf = (callSid: string) => `An agreement to recording recorded for call ${callSid}.`;

const agreementForAll = (conferenceSid: string) => `An agreement recorded for the whole conference ${conferenceSid}.`;

const answerOf = (consent: Consent) =>
  `${consent.party} of ${consent.callSid ?? consent.conferenceSid} (${consent.method}, ${consent.recordedAt.toISOString()})`;

function list(items: readonly string[]): string {
  const rest = items.length - NAMED_MAX;
  return items.slice(0, NAMED_MAX).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
