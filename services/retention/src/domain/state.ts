import { isClassDeleted } from './begin-deletion.ts';
import { hasLateMedia, isDecidable, type RecordingEntry } from './custody.ts';
import { isHeld, isUntouched } from './held.ts';

/** Where a recording stands, in one word; what the records API lists by. */
export const RECORDING_STATES = [
  'in-progress',
  'absent',
  'failed',
  'waiting',
  'withheld',
  'refused',
  'cleared',
  'archive-failed',
  'archived',
  'transcript-failed',
  'transcribed',
  'deleting',
  'deleted',
] as const;
export type RecordingState = (typeof RECORDING_STATES)[number];

export function stateOf(entry: RecordingEntry): RecordingState {
  // A hold came before anything was taken away: the recording is as it was.
  const isKept = isHeld(entry) && entry.deletion !== undefined && isUntouched(entry.deletion);
  if (entry.deletion !== undefined && !isKept) {
    return entry.deletion.completedAt !== undefined && !hasLateMedia(entry) ? 'deleted' : 'deleting';
  }
  const outcome = entry.decision?.clearance.outcome;
  const { status } = entry.facts.recording;
  if (outcome === 'refused') return outcome;
  // A recording can fail at Twilio after it was completed; consent to it is then nothing to wait for, unless we have it.
  if (outcome === 'waiting' || outcome === 'withheld') return isDecidable(entry) ? outcome : stateAtTwilio(status);
  if (entry.transcript !== undefined && !isClassDeleted(entry, 'transcript', entry.transcript.storedAt))
    return 'transcribed';
  if (entry.archive !== undefined) return entry.transcriptFailure === undefined ? 'archived' : 'transcript-failed';
  if (entry.archiveFailure !== undefined) return 'archive-failed';
  return outcome ?? stateAtTwilio(status);
}

function stateAtTwilio(status: string): RecordingState {
  if (status === 'absent' || status === 'failed') return status;
  return status === 'deleted' ? 'deleted' : 'in-progress';
}
