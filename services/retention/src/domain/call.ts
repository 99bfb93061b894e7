import type { Diagnosis } from '@onrecord/shared/events';
import { isFinal } from '@onrecord/shared/events/call-statuses';

/** One leg of a call, as its status callbacks described it. */
export interface Call {
  accountSid: string;
  callSid: string;
  parentCallSid?: string | undefined;
  conferenceSid?: string | undefined;
  direction?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  status: string;
  sequenceNumber?: number | undefined;
  durationSeconds?: number | undefined;
  sipResponseCode?: number | undefined;
  statusAt: Date;
}

/**
 * Adds a status callback to what is known of the leg. Callbacks may arrive twice and out of order: a final status beats one
 * that is not, then Twilio's SequenceNumber counts, then the time.
 * Source: Twilio, Call resource, "StatusCallback": SequenceNumber orders the events of one call.
 */
export function evolveCall(known: Call | undefined, report: Call): Call {
  if (known === undefined) return report;
  const [latest, other] = compareProgress(report, known) > 0 ? [report, known] : [known, report];
  return {
    ...latest,
    parentCallSid: latest.parentCallSid ?? other.parentCallSid,
    conferenceSid: latest.conferenceSid ?? other.conferenceSid,
    direction: latest.direction ?? other.direction,
    from: latest.from ?? other.from,
    to: latest.to ?? other.to,
    durationSeconds: latest.durationSeconds ?? other.durationSeconds,
    sipResponseCode: latest.sipResponseCode ?? other.sipResponseCode,
  };
}

/** One status that a leg reported. */
export interface CallStatus extends Pick<Call, 'status' | 'sequenceNumber' | 'statusAt'> {
  diagnosis?: Diagnosis | undefined;
}

/**
 * Adds another telling of a status: a leg's own callback, the action of the Dial that placed it and a list of Twilio's tell the same
 * fact with more or less evidence. Whatever order they come in, the outcome is the same.
 */
export function evolveCallStatus(known: CallStatus | undefined, telling: CallStatus): CallStatus {
  if (known === undefined) return telling;
  const [best, other] = compareProgress(telling, known) > 0 ? [telling, known] : [known, telling];
  const diagnosis = best.diagnosis ?? other.diagnosis;
  if (diagnosis === undefined) return best;
  const evidence = new Set([...diagnosis.evidence, ...(other.diagnosis?.evidence ?? [])]);
  evidence.delete(diagnosis.key);
  return { ...best, diagnosis: { ...diagnosis, evidence: [diagnosis.key, ...[...evidence].toSorted()] } };
}

function compareProgress(a: CallStatus, b: CallStatus): number {
  return (
    Number(isFinal(a.status)) - Number(isFinal(b.status)) ||
    (a.sequenceNumber ?? -1) - (b.sequenceNumber ?? -1) ||
    a.statusAt.getTime() - b.statusAt.getTime() ||
    (a.status > b.status ? 1 : -1)
  );
}
