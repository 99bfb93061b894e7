import { addPeriod } from '@onrecord/shared/policy/period';
import { deletionsOf } from './begin-deletion.ts';
import { hasLateMedia, type RecordingEntry } from './custody.ts';
import { keptSince, minimumOf } from './due.ts';
import { SECOND_LOOK_DELAY_MS } from './evolve-deletion.ts';
import { isHeld } from './held.ts';
import { planDeletion } from './plan-deletion.ts';
import type { RetentionPolicy } from './policy.ts';
import { stateOf } from './state.ts';

/**
 * When what is known of a recording goes: its period and the law's are over, and the recording is gone, with its folders looked at once
 * more; whether Twilio has forgotten it is asked by its SID alone.
 * `undefined` while that is not so, under a hold, and where it is kept for ever.
 */
export function metadataDueAt(entry: RecordingEntry, policy: RetentionPolicy): Date | undefined {
  const isLooking = entry.deletion !== undefined && entry.deletion.lookedAgainAt === undefined;
  const isOpen = deletionsOf(entry).some(({ completedAt }) => completedAt === undefined);
  const goneAt = isLooking || isOpen ? undefined : goneSince(entry);
  return goneAt && endOf(entry, policy, goneAt);
}

/**
 * The same for a recording that is still there, as far as it is planned, or whose folders are yet to be looked at once more; `never` is a
 * date that does not come.
 */
export function metadataEndsAt(entry: RecordingEntry, policy: RetentionPolicy, now: Date): Date | 'never' {
  const goneAt = goneSince(entry);
  const { deletion } = entry;
  const isLookedAt = deletion === undefined || deletion.lookedAgainAt !== undefined;
  if (goneAt !== undefined && isLookedAt) return endOf(entry, policy, goneAt) ?? 'never';
  const begunAt = deletion?.startedAt ?? planDeletion(entry, policy)?.deleteAfter;
  if (begunAt === undefined) return 'never';
  const confirmedMs = goneAt?.getTime() ?? Math.max(begunAt.getTime(), now.getTime());
  return endOf(entry, policy, new Date(confirmedMs + SECOND_LOOK_DELAY_MS)) ?? 'never';
}

function endOf(entry: RecordingEntry, policy: RetentionPolicy, goneAt: Date): Date | undefined {
  if (entry.metadataRemovedAt !== undefined || isHeld(entry)) return undefined;
  const dueAt = addPeriod(keptSince(entry) ?? entry.facts.recording.reportedAt, policy.periods.metadata);
  if (dueAt === undefined) return undefined;
  const least = minimumOf(entry, policy, ['metadata'])?.until ?? dueAt;
  return new Date(Math.max(dueAt.getTime(), least.getTime(), goneAt.getTime()));
}

/** Of a recording that never came to be there is nothing to delete. */
function goneSince(entry: RecordingEntry): Date | undefined {
  const { deletion, archive, transcript, prefix } = entry;
  if (deletion !== undefined) return hasLateMedia(entry) ? undefined : deletion.completedAt;
  const isStored = archive !== undefined || transcript !== undefined || prefix !== undefined;
  const isNothing = !isStored && NOTHING_THERE.includes(stateOf(entry));
  return isNothing ? entry.facts.recording.reportedAt : undefined;
}

const NOTHING_THERE = ['absent', 'failed', 'deleted'];
