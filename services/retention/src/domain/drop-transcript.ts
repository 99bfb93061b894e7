import { beginDeletion, isClassDeleted } from './begin-deletion.ts';
import { refusalsOf } from './consented.ts';
import type { RecordingEntry } from './custody.ts';
import { isKeptByLaw } from './due.ts';
import type { RetentionPolicy } from './policy.ts';
import { requesterOf } from './requester.ts';

/**
 * Begins the deletion of the transcript, and of what the provider answered, of a recording whose transcription a party refused or withdrew:
 * the audio stays. At once and without a delay to undo it, because another agreement makes another transcript. An agreement that has
 * ended, or that is only unknown again, takes nothing away. Under a hold it begins as well: it rests until the release, and goes on then
 * without another decision. What the law asks to be kept stays until that time is over.
 * @param previous the entry before it was decided on
 */
export function dropTranscript(
  previous: RecordingEntry,
  entry: RecordingEntry,
  policy: RetentionPolicy,
  now: Date,
): RecordingEntry {
  const refusals = transcriptionRefusals(entry, now);
  if (refusals.length === 0) return entry;
  // What is on its way may leave something behind, so a clearance that was taken back is looked after too.
  if (!wasTakenBack(previous, entry) && !hasTranscript(entry)) return entry;
  const cause = refusals.every((refusal) => refusal.withdrawn) ? 'withdrawal' : 'refusal';
  // By whichever clock is behind: one that is ahead would take what the law keeps, and nothing gives that back.
  const asOf = entry.readAt !== undefined && entry.readAt < now ? entry.readAt : now;
  const classes = DROPPED.filter(({ kept }) => !isKeptByLaw(entry, policy, kept, asOf)).map(
    ({ dataClass }) => dataClass,
  );
  return beginDeletion(entry, { cause, classes, now, requestedBy: requesterOf(refusals, cause) });
}

/** What goes when transcription is refused, with what a policy calls it. */
export const DROPPED = [
  { dataClass: 'transcript', kept: 'transcript' },
  { dataClass: 'provider-response', kept: 'providerResponse' },
] as const;

/** What was said against transcription of a recording that is cleared without it. */
export function transcriptionRefusals({ decision, facts }: RecordingEntry, now: Date) {
  const clearance = decision?.clearance;
  if (clearance?.outcome !== 'cleared' || clearance.purposes.includes('transcribe')) return [];
  return refusalsOf(facts, 'transcribe', now);
}

function wasTakenBack({ decision }: RecordingEntry, entry: RecordingEntry): boolean {
  const before = decision?.clearance;
  return entry.decision !== decision && before?.outcome === 'cleared' && before.purposes.includes('transcribe');
}

export const hasTranscript = (entry: RecordingEntry): boolean =>
  entry.transcript !== undefined && !isClassDeleted(entry, 'transcript', entry.transcript.storedAt);
