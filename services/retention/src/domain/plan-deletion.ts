import { hasLateMedia, type RecordingEntry } from './custody.ts';
import type { DeletionCause } from './deletion.ts';
import type { RetentionPolicy } from './policy.ts';

export interface DeletionPlan {
  deleteAfter: Date;
  cause: DeletionCause;
}

/**
 * When the recording is to go, and why. A refusal beats the schedule; an operator's date replaces the schedule, and can bring a
 * refusal's deletion forward but never put it off. Unknown consent plans nothing: it never destroys.
 */
export function planDeletion(entry: RecordingEntry, policy: RetentionPolicy): DeletionPlan | undefined {
  const { deletion, decision, archive, deleteAfterOverride: override } = entry;
  if (deletion !== undefined) {
    return hasLateMedia(entry)
      ? { deleteAfter: deletion.completedAt ?? deletion.startedAt, cause: deletion.cause }
      : undefined;
  }
  if (decision?.clearance.outcome === 'refused' && decision.deleteAfter !== undefined) {
    const sooner = override !== undefined && override < decision.deleteAfter;
    return { deleteAfter: sooner ? override : decision.deleteAfter, cause: decision.clearance.cause };
  }
  if (override !== undefined) return { deleteAfter: override, cause: 'operator' };
  // What was cleared may have objects that nobody reported, and Twilio has it all the same: it is not kept for ever either.
  const keptSince = archive?.storedAt ?? (decision?.clearance.outcome === 'cleared' ? decision.decidedAt : undefined);
  if (keptSince === undefined) return undefined;
  return { deleteAfter: new Date(keptSince.getTime() + policy.retentionPeriodMs), cause: 'schedule' };
}
