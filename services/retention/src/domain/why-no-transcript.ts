import type { Decision, StepFailure } from './custody.ts';

interface Known {
  decision?: Decision | undefined;
  archive?: { storedAt: Date } | undefined;
  archiveFailure?: StepFailure | undefined;
  transcriptFailure?: StepFailure | undefined;
}

/** Why there is no transcript yet, or never will be, as far as the ledger knows; in plain words. */
export function whyNoTranscript({ decision, archive, archiveFailure, transcriptFailure }: Known): string {
  if (decision === undefined) return 'Twilio has not reported the recording as completed.';
  const { clearance } = decision;
  if (clearance.outcome !== 'cleared') return clearance.reason;
  if (!clearance.purposes.includes('transcribe')) return `It is not cleared to be transcribed. ${clearance.reason}`;
  if (transcriptFailure !== undefined) return givenUp('Its transcription', transcriptFailure);
  if (archiveFailure !== undefined && archive === undefined) return givenUp('Its archiving', archiveFailure);
  if (archive === undefined) return 'It is cleared, and the transcriber has not archived it yet.';
  return (
    `It has been archived since ${archive.storedAt.toISOString()}, and its transcription has not ended. If it takes long: the provider ` +
    'may be busy or away, or the budget of the day is spent; the log and the metrics of the transcriber tell which.'
  );
}

const givenUp = (what: string, { stage, reason, attempts }: StepFailure) =>
  `${what} was given up after ${attempts} attempt(s), at ${stage}: ${reason}. It is a dead letter, and can be replayed.`;
