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

const FINAL_STATUSES: ReadonlySet<string> = new Set(['completed', 'busy', 'failed', 'no-answer', 'canceled']);

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

function compareProgress(a: Call, b: Call): number {
  return (
    Number(FINAL_STATUSES.has(a.status)) - Number(FINAL_STATUSES.has(b.status)) ||
    (a.sequenceNumber ?? -1) - (b.sequenceNumber ?? -1) ||
    a.statusAt.getTime() - b.statusAt.getTime() ||
    (a.status > b.status ? 1 : -1)
  );
}
