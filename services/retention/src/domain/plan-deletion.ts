import { addPeriod } from '@onrecord/shared/policy/period';
import { hasLateMedia, type RecordingEntry } from './custody.ts';
import type { DeletionCause } from './deletion.ts';
import { mediaDueAt, minimumOf } from './due.ts';
import { isToBeErased } from './erasure.ts';
import { isHeld } from './held.ts';
import type { RetentionPolicy } from './policy.ts';

export interface DeletionPlan {
  deleteAfter: Date;
  cause: DeletionCause;
  /** The law that puts it off until then. */
  keptBy?: string;
}

/**
 * When the recording is to go, and why. A hold beats everything, then an erasure comes before all that would let it go later. A
 * refusal beats the schedule; an operator's date replaces the schedule, and can bring a refusal's deletion forward but never put it
 * off. Nothing goes before the law allows it. Unknown consent plans nothing, unless the policy ends it: it never destroys by itself.
 */
export function planDeletion(entry: RecordingEntry, policy: RetentionPolicy): DeletionPlan | undefined {
  const { deletion } = entry;
  if (isHeld(entry)) return undefined;
  if (deletion !== undefined) {
    return hasLateMedia(entry)
      ? { deleteAfter: deletion.completedAt ?? deletion.startedAt, cause: deletion.cause }
      : undefined;
  }
  if (entry.metadataRemovedAt !== undefined)
    return entry.lateMediaAt && { deleteAfter: entry.lateMediaAt, cause: 'schedule' };
  const plan = planByErasure(entry, policy) ?? planByDecision(entry) ?? planBySchedule(entry, policy);
  const least = minimumOf(entry, policy);
  if (plan === undefined || least === undefined || least.until <= plan.deleteAfter) return plan;
  return { ...plan, deleteAfter: least.until, keptBy: least.source };
}

const planByErasure = ({ erasure }: RecordingEntry, policy: RetentionPolicy): DeletionPlan | undefined =>
  erasure !== undefined && isToBeErased(erasure, policy)
    ? { deleteAfter: erasure.requestedAt, cause: 'erasure' }
    : undefined;

function planByDecision(entry: RecordingEntry): DeletionPlan | undefined {
  const { decision, deleteAfterOverride: override } = entry;
  const refusedAt = refusalDate(entry);
  if (decision?.clearance.outcome === 'refused' && refusedAt !== undefined) {
    return { deleteAfter: refusedAt, cause: decision.clearance.cause };
  }
  return override && { deleteAfter: override, cause: 'operator' };
}

/** When a refused recording goes, as far as no law keeps it. */
export function refusalDate({
  decision,
  deleteAfterOverride: override,
}: Pick<RecordingEntry, 'decision' | 'deleteAfterOverride'>): Date | undefined {
  if (decision?.clearance.outcome !== 'refused' || decision.deleteAfter === undefined) return undefined;
  return override !== undefined && override < decision.deleteAfter ? override : decision.deleteAfter;
}

function planBySchedule(entry: RecordingEntry, policy: RetentionPolicy): DeletionPlan | undefined {
  const deleteAfter = mediaDueAt(entry, policy) ?? withheldUntil(entry, policy);
  return deleteAfter && { deleteAfter, cause: 'schedule' };
}

/** What was never archived is at Twilio alone, and waits there. */
const withheldUntil = ({ archive, decision, facts }: RecordingEntry, { withheldPeriod }: RetentionPolicy) =>
  archive === undefined && decision?.clearance.outcome === 'withheld'
    ? addPeriod(facts.recording.reportedAt, withheldPeriod)
    : undefined;
