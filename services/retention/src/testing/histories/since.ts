import type { DataClass } from '@onrecord/shared/policy/policy-schema';
import type { RecordingEntry } from '../../domain/custody.ts';

/** Since when it is kept, said apart from the code that plans by it. */
export const sinceOf = ({ archive, decision }: RecordingEntry): Date | undefined =>
  archive?.storedAt ??
  decision?.clearedAt ??
  (decision?.clearance.outcome === 'cleared' ? (decision.continues ?? decision).decidedAt : undefined);

/** Since when a law counts for a class: of what was never kept, for what is known of it, and for audio that waits at Twilio. */
export function lawfulSince(entry: RecordingEntry, dataClass: DataClass): Date | undefined {
  const { recording } = entry.facts;
  const isAudioThere = recording.status === 'completed' && entry.decision?.clearance.outcome !== 'refused';
  const isKnown = dataClass === 'metadata' || dataClass === 'numbers' || (dataClass === 'audio' && isAudioThere);
  return sinceOf(entry) ?? (isKnown ? recording.reportedAt : undefined);
}
