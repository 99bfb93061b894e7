import { type Consent, NOTICE } from '../../domain/consent.ts';
import type { RecordingEntry } from '../../domain/custody.ts';
import type { RetentionPolicy } from '../../domain/policy.ts';

/** What is promised of consent, said apart from the code that keeps it; nobody's number is known in these histories. */
type Purpose = 'record' | 'transcribe';

const placeOf = ({ callSid, conferenceSid }: Consent) => callSid ?? conferenceSid ?? '';

/** Whether the last that one of the parties said to it was no. */
function isRefused(consents: readonly Consent[], purpose: Purpose): boolean {
  const real = consents.filter(
    ({ purposes, outcome, method }) => purposes.includes(purpose) && (outcome !== 'granted' || method !== NOTICE),
  );
  return real.some(
    (no) =>
      no.outcome !== 'granted' &&
      !real.some(
        (yes) =>
          yes.outcome === 'granted' &&
          yes.party === no.party &&
          placeOf(yes) === placeOf(no) &&
          yes.recordedAt > no.recordedAt,
      ),
  );
}

export const refusesTranscription = ({ facts }: RecordingEntry): boolean => isRefused(facts.consents, 'transcribe');

/** Whether nobody refused and everybody who must agree, or be told, did so for both purposes. */
export function mayTranscribe({ facts }: RecordingEntry, policy: RetentionPolicy, now: Date): boolean {
  const { recording, consents, legs, participants, parties } = facts;
  if (!policy.transcribes) return false;
  return (['record', 'transcribe'] as const).every((purpose) => {
    if (isRefused(consents, purpose)) return false;
    if (policy.consentMode === 'none') return true;
    const at = purpose === 'record' ? (recording.startedAt ?? recording.reportedAt) : now;
    const hasAgreed = (place: string) =>
      consents.some(
        (each) =>
          placeOf(each) === place &&
          each.outcome === 'granted' &&
          each.purposes.includes(purpose) &&
          (policy.consentMode === 'notice' || each.method !== NOTICE) &&
          (each.expiresAt === undefined || each.expiresAt > at),
      );
    const { callSid, conferenceSid } = recording;
    if (conferenceSid !== undefined) {
      return hasAgreed(conferenceSid) || (participants.length > 0 && participants.every(hasAgreed));
    }
    if (callSid === undefined) return false;
    const absent = parties.filter(({ tookPart }) => !tookPart).map((party) => party.callSid);
    // Where nobody can be placed, the rules ask for everybody's agreement.
    const asked =
      policy.consentMode === 'by-rule' ? legs.filter((leg) => leg === callSid || !absent.includes(leg)) : [callSid];
    return asked.every(hasAgreed);
  });
}
