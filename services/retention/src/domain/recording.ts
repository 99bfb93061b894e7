/** What Twilio has said about a recording. */
export interface Recording {
  accountSid: string;
  recordingSid: string;
  callSid?: string | undefined;
  conferenceSid?: string | undefined;
  /** Twilio's own word: in-progress, completed, absent, failed or a newer one. */
  status: string;
  recordingSource?: string | undefined;
  channels?: number | undefined;
  track?: string | undefined;
  durationSeconds?: number | undefined;
  startedAt?: Date | undefined;
  errorCode?: number | undefined;
  /** When the status was reported; from `completed` on, when the first such report was made: the grace period counts from it. */
  reportedAt: Date;
  /** When the ledger learned of it. */
  learnedAt: Date;
}

// `failed` after `completed` is real: an upload to the account's own bucket or an encryption can fail late, and what failed
// is never decided. `deleted` ends everything.
const STATUS_RANK: Readonly<Record<string, number>> = {
  'not-reported': -1,
  'in-progress': 0,
  paused: 0,
  stopped: 0,
  processing: 0,
  absent: 2,
  completed: 3,
  failed: 4,
  deleted: 5,
};
const UNKNOWN_STATUS_RANK = 1;

/**
 * Adds a report to what is known. Reports arrive twice and in any order: the furthest status wins, and a field once known
 * stays known.
 */
export function evolveRecording(known: Recording | undefined, report: Recording): Recording {
  if (known === undefined) return report;
  const [latest, other] = isFurther(report, known) ? [report, known] : [known, report];
  return {
    ...latest,
    callSid: latest.callSid ?? other.callSid,
    conferenceSid: latest.conferenceSid ?? other.conferenceSid,
    recordingSource: latest.recordingSource ?? other.recordingSource,
    channels: latest.channels ?? other.channels,
    track: latest.track ?? other.track,
    durationSeconds: latest.durationSeconds ?? other.durationSeconds,
    startedAt: latest.startedAt ?? other.startedAt,
    errorCode: latest.errorCode ?? other.errorCode,
    ...timesOf(latest, other),
  };
}

/**
 * What comes after `completed` moves nothing that counts from it: a conference that had settled does not settle again, and a recording
 * without a start stays in the folder that its report named.
 */
function timesOf(latest: Recording, other: Recording): Pick<Recording, 'reportedAt' | 'learnedAt'> {
  const { reportedAt, learnedAt } = latest;
  if (rankOf(other.status) < rankOf('completed')) return { reportedAt, learnedAt };
  return { reportedAt: earlier(reportedAt, other.reportedAt), learnedAt: earlier(learnedAt, other.learnedAt) };
}

const earlier = (a: Date, b: Date) => (a < b ? a : b);

function isFurther(a: Recording, b: Recording): boolean {
  const [rankA, rankB] = [rankOf(a.status), rankOf(b.status)];
  if (rankA !== rankB) return rankA > rankB;
  if (a.status !== b.status) return a.status > b.status;
  // The same status twice is one event with one time; should they differ, the first report counts.
  return a.reportedAt.getTime() < b.reportedAt.getTime();
}

const rankOf = (status: string) => STATUS_RANK[status] ?? UNKNOWN_STATUS_RANK;
