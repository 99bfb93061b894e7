import { beginDeletion, isClassDeleted } from './begin-deletion.ts';
import type { RecordingEntry } from './custody.ts';
import { saidTo } from './decide-clearance.ts';

/**
 * Begins the deletion of the transcript, and of what the provider answered, of a recording whose transcription a party refused or withdrew:
 * the audio stays. At once and without a delay to undo it, because another agreement makes another transcript. An agreement that has
 * ended, or that is only unknown again, takes nothing away. Under a hold it begins as well: it rests until the release, and goes on then
 * without another decision.
 * @param previous the entry before it was decided on
 */
export function dropTranscript(previous: RecordingEntry, entry: RecordingEntry, now: Date): RecordingEntry {
  const clearance = entry.decision?.clearance;
  if (clearance?.outcome !== 'cleared' || clearance.purposes.includes('transcribe')) return entry;
  const refusals = saidTo(entry.facts, 'transcribe', now).answers.filter(
    ({ consent }) => consent.outcome !== 'granted',
  );
  if (refusals.length === 0) return entry;
  // What is on its way may leave something behind, so a clearance that was taken back is looked after too.
  if (!wasTakenBack(previous, entry) && !hasTranscript(entry)) return entry;
  const cause = refusals.every((refusal) => refusal.withdrawn) ? 'withdrawal' : 'refusal';
  return beginDeletion(entry, { cause, classes: ['transcript', 'provider-response'], now });
}

function wasTakenBack({ decision }: RecordingEntry, entry: RecordingEntry): boolean {
  const before = decision?.clearance;
  return entry.decision !== decision && before?.outcome === 'cleared' && before.purposes.includes('transcribe');
}

const hasTranscript = (entry: RecordingEntry): boolean =>
  entry.transcript !== undefined && !isClassDeleted(entry, 'transcript', entry.transcript.storedAt);
