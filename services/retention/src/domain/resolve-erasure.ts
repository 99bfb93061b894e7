import { hasLateMedia, type RecordingEntry } from './custody.ts';
import { isRestricted, isToBeErased } from './erasure.ts';
import { isHeld } from './held.ts';
import { planDeletion } from './plan-deletion.ts';
import type { RetentionPolicy } from './policy.ts';

/**
 * What becomes of one recording under an erasure. `erased`, `restricted` and `kept` are ends; the others are looked at again.
 */
export const ERASURE_RESULTS = ['erased', 'deleting', 'due', 'held', 'statutory', 'restricted', 'kept'] as const;
export type ErasureResult = (typeof ERASURE_RESULTS)[number];

export interface Resolution {
  result: ErasureResult;
  /** In plain words. */
  why: string;
  until?: Date | undefined;
}

/** Whether nothing more is to come. */
export const isSettled = (result: ErasureResult): boolean =>
  result === 'erased' || result === 'restricted' || result === 'kept';

/** Whether it stays whole until something else ends: a hold, or what the law asks for. */
export const isKeptFor = (result: ErasureResult): boolean => result === 'held' || result === 'statutory';

/** Hold before statutory minimum before erasure before schedule, for one recording. */
export function resolveErasure(entry: RecordingEntry, policy: RetentionPolicy): Resolution {
  const { deletion, erasure } = entry;
  const isGone = deletion?.completedAt !== undefined && !hasLateMedia(entry);
  if (isHeld(entry) && !isGone) {
    const matters = [...new Set(entry.holds?.map(({ matterId }) => matterId))];
    return {
      result: 'held',
      why: `It is held for ${matters.join(', ')}: it goes when the last hold on it is released.`,
    };
  }
  if (deletion !== undefined) {
    return deletion.completedAt === undefined || hasLateMedia(entry)
      ? { result: 'deleting', why: 'Its deletion has begun and is not confirmed in every place yet.' }
      : { result: 'erased', why: 'Every copy that Onrecord knows of is confirmed gone.' };
  }
  if (entry.facts.recording.status === 'deleted' && isNothingStored(entry)) {
    return { result: 'erased', why: 'It was deleted at Twilio, and nothing of it is stored here.' };
  }
  if (!isToBeErased(erasure, policy)) return shared(entry, policy);
  const plan = planDeletion(entry, policy);
  if (plan?.keptBy !== undefined) {
    const why = `The law asks for it until ${plan.deleteAfter.toISOString()}: ${plan.keptBy}.`;
    return { result: 'statutory', why, until: plan.deleteAfter };
  }
  return { result: 'due', why: 'Nothing keeps it: its deletion begins at once.' };
}

/** Nor may be: what was sent to a folder may have come there, though nobody has told of it yet. */
export const isNothingStored = ({ archive, prefix, transcript }: RecordingEntry): boolean =>
  archive === undefined && prefix === undefined && transcript === undefined;

function shared({ erasure }: RecordingEntry, policy: RetentionPolicy): Resolution {
  const because = `It is a call with other parties, and the policy ${policy.name} says ${policy.sharedCalls} of those`;
  return isRestricted(erasure, policy)
    ? { result: 'restricted', why: `${because}: it stays until its schedule and is not read in ordinary use.` }
    : { result: 'kept', why: `${because}: it stays until its schedule, with pseudonyms in place of the number.` };
}

/** Why the recording may not be read in ordinary use, and until when, in plain words; `undefined` where it may, and where it is gone. */
export function restrictionOf(entry: RecordingEntry, policy: RetentionPolicy): string | undefined {
  const { erasure } = entry;
  if (erasure === undefined || !isRestricted(erasure, policy)) return undefined;
  const { result, why } = resolveErasure(entry, policy);
  if (result === 'erased') return undefined;
  const end = result === 'restricted' ? planDeletion(entry, policy)?.deleteAfter : undefined;
  const until = end === undefined ? '' : ` By that it goes at ${end.toISOString()}.`;
  return `an erasure was requested at ${erasure.requestedAt.toISOString()}. ${why}${until}`;
}
