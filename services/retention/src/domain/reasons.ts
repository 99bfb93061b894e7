import type { Consent, StandingAnswer } from './consent.ts';
import type { Basis } from './consent-basis.ts';
import type { DataClass } from './data-class.ts';
import type { Deletion, DeletionCause } from './deletion.ts';
import type { Recording } from './recording.ts';
import { type Need, type Said, sufficient } from './who-must-agree.ts';

/** A conference can have hundreds of participants; a reason names this many and counts the rest. */
const NAMED_MAX = 5;

export function describeAgreement(said: Said, need: Need, mayTranscribe: boolean): string {
  const to = mayTranscribe ? 'recording and transcription' : 'recording, not to transcription';
  const known = sufficient(said, need);
  if (known.length === 0)
    return mayTranscribe ? 'Nobody refused.' : 'Nobody refused recording; transcription is not agreed to.';
  return `${need.of === 'notice' ? 'Told of, or agreed to,' : 'Agreed to'} ${to}: ${list(known.map(answerOf))}.`;
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

/** @param missing SIDs whose part is not recorded */
export function describeMissing(recording: Recording, missing: readonly string[], need: Need): string {
  const { callSid, conferenceSid } = recording;
  if (conferenceSid === undefined) {
    if (callSid === undefined) {
      return 'Twilio named neither a call nor a conference for this recording, so no answer can belong to it.';
    }
    return need.of === 'notice'
      ? `It is not known that anybody was told of the recording on ${list(missing)}.`
      : need.fromEverybody
        ? `Not everybody's agreement to recording is known; no answer from ${list(missing)}.`
        : `Nobody's agreement to recording is known for call ${callSid}.`;
  }
  if (missing[0] === conferenceSid) {
    return `No participant of conference ${conferenceSid} is known, and nobody answered for the conference.`;
  }
  const did = need.of === 'notice' ? 'was told' : 'agreed';
  return `Not every participant of conference ${conferenceSid} ${did}; no answer from ${list(missing)}.`;
}

/** Everybody agreed of whom it is known by now that they joined. */
export function describeSettling({ conferenceSid }: Recording): { reason: string; releasedBy: string[] } {
  const nobodyElse = 'Nobody else becoming known within the settle period.';
  if (conferenceSid === undefined) {
    return {
      reason: 'What is known is enough; other legs of the call may become known yet.',
      releasedBy: [nobodyElse],
    };
  }
  return {
    reason: `Everybody who is known to have joined conference ${conferenceSid} agreed; others may become known yet.`,
    releasedBy: [nobodyElse, agreementForAll(conferenceSid)],
  };
}

export const describeUnread = (unread: readonly string[]): string =>
  `This recording has more ${unread.join(' and ')} than one decision reads, so it is not known whether everybody agreed.`;

/** Neither a policy that asks for nothing nor an answer for the rest of a conference says that nobody refused. */
export const FORGOTTEN =
  'What was known of its call, with what anybody had answered, was removed when the period of its metadata was over: nobody can tell whether somebody refused.';

/** A leg names its parent when it is reported, and so the call that it is part of. */
export const SETTLING_LEG = {
  reason:
    'What is known is enough; a leg that it names was not reported yet, and may be of a call of which nothing is known any more, where somebody may have refused.',
  releasedBy: ['Twilio’s report of that leg, or none within the settle period.'],
};

export const UNREAD_REMEDIES: readonly string[] = [
  'Nothing that is recorded here: the recording stays at Twilio, to be decided on by hand.',
];

/** What would release a recording whose consent is unknown, one sentence each. */
export function remedies(recording: Recording, missing: readonly string[], need: Need, basis: Basis): string[] {
  const { callSid, conferenceSid } = recording;
  const places = basis.requirement !== undefined && basis.citation === undefined ? [PLACE_REMEDY] : [];
  if (conferenceSid !== undefined) {
    const participants = missing.filter((sid) => sid !== conferenceSid).map((sid) => agreementOf(sid, need));
    return [...participants, agreementForAll(conferenceSid), ...places];
  }
  return callSid === undefined
    ? ['A report from Twilio that names the call of this recording.']
    : [...missing.map((sid) => agreementOf(sid, need)), ...places];
}

const PLACE_REMEDY =
  'A line or a number in JURISDICTIONS_FILE that says where the party is and what is asked for there.';

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

/** As a part goes by its own period, or for somebody who spoke of that part. */
const PART_CAUSES: Readonly<Record<DeletionCause, string>> = {
  refusal: 'because a party refused it',
  withdrawal: 'because a party withdrew its agreement to it',
  schedule: 'as the policy says',
  operator: 'as an operator asked',
  erasure: 'because an erasure was asked for',
};

const PARTS: Readonly<Record<DataClass, string>> = {
  audio: 'the audio',
  transcript: 'the transcript',
  'provider-response': 'the provider’s response',
  'twilio-copy': 'Twilio’s copy',
};

/** A class of a recording's data, as it is called in a sentence. */
export const nameOfClass = (dataClass: DataClass): string => PARTS[dataClass];

/** Why the recording went, or what it names of it, and by which policy or erasure. */
export function describeDeletion({
  cause,
  classes,
  policy,
  erasureId,
}: Pick<Deletion, 'cause' | 'classes' | 'policy' | 'erasureId'>): string {
  const said = classes === undefined ? describeCause(cause) : `Deleted ${PART_CAUSES[cause]}.`;
  const rule = policy?.rule === undefined ? '' : `, rule ${policy.rule}`;
  const by = [policy && `policy ${policy.name} v${policy.version}${rule}`, erasureId && `erasure ${erasureId}`];
  const named = by.filter(Boolean).join(', ');
  return named === '' ? said : `${said.slice(0, -1)} (${named}).`;
}

/** What of a recording is gone that stays otherwise, and why; empty where nothing is. */
export const describeParts = (parts: readonly { dataClass: DataClass; cause: DeletionCause }[]): string =>
  [...Map.groupBy(parts, ({ cause }) => cause)]
    .map(([cause, gone]) => {
      const names = [...new Set(gone.map(({ dataClass }) => PARTS[dataClass]))];
      return `Of it ${names.join(', ')} ${names.length > 1 ? 'are' : 'is'} deleted, ${PART_CAUSES[cause]}.`;
    })
    .join(' ');

const agreementOf = (callSid: string, need: Need) =>
  `${need.of === 'notice' ? 'A notice of, or an agreement to,' : 'An agreement to'} recording recorded for call ${callSid}.`;

const agreementForAll = (conferenceSid: string) => `An agreement recorded for the whole conference ${conferenceSid}.`;

const answerOf = (consent: Consent) =>
  `${consent.party} of ${consent.callSid ?? consent.conferenceSid} (${consent.method}, ${consent.recordedAt.toISOString()}${consent.isByNumber ? ', by number' : ''})`;

export function list(items: readonly string[]): string {
  const rest = items.length - NAMED_MAX;
  return items.slice(0, NAMED_MAX).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
