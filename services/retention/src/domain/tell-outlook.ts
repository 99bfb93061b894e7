import { hasLateMedia, type RecordingEntry } from './custody.ts';
import { transcriptionRefusals } from './drop-transcript.ts';
import { refusalDate } from './plan-deletion.ts';
import { isNothingStored } from './resolve-erasure.ts';

/**
 * What becomes of a recording after an answer, in plain words, where something of it goes or is gone: when, and whether a later agreement
 * changes that. `undefined` where nothing goes because of what anybody answered.
 */
export function tellOutlook(entry: RecordingEntry, now: Date): string | undefined {
  const { deletion, facts } = entry;
  if (deletion?.completedAt !== undefined && !hasLateMedia(entry)) {
    return `It was deleted by ${deletion.completedAt.toISOString()}: the answer is kept, and no answer changes that any more.`;
  }
  if (deletion !== undefined) {
    return `Its deletion began at ${deletion.startedAt.toISOString()}: no answer changes that any more.`;
  }
  if (facts.recording.status === 'deleted' && isNothingStored(entry)) {
    return 'It was deleted at Twilio, and nothing of it is stored here: no answer changes that any more.';
  }
  const goesAt = refusalDate(entry);
  if (goesAt !== undefined) {
    const begins = `Its deletion begins at ${goesAt.toISOString()} at the latest, unless a hold or a law keeps it`;
    return `${begins}; until it begins, a later agreement by the same party undoes it.`;
  }
  if (transcriptionRefusals(entry, now).length === 0) return undefined;
  const gone =
    'A transcript of it, and what the provider answered, are deleted at once, unless a hold or a law keeps them';
  return `${gone}. The audio stays, and a later agreement by the same party makes another transcript.`;
}
