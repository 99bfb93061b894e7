import type { RecordingKey, RecordingLedger } from './change-recording.ts';
import type { Actor } from './domain/actor.ts';
import type { RecordingEntry } from './domain/custody.ts';
import { planDeletion } from './domain/plan-deletion.ts';
import type { RetentionPolicy } from './domain/policy.ts';

export type SetRetentionResult =
  | { outcome: 'set'; entry: RecordingEntry; policy: RetentionPolicy }
  | { outcome: 'unknown-recording' }
  /** Nothing of it was ever there to be deleted, and what was known of it was removed then. */
  | { outcome: 'removed'; at: Date }
  /** The deletion has begun, or a refusal asks for it sooner. */
  | { outcome: 'not-possible'; reason: string };

/**
 * Replaces the schedule of one recording by a date of the operator's own; `null` goes back to the schedule.
 * @param deleteAfter in the past means now
 */
export async function setRetention(
  ledger: RecordingLedger,
  key: RecordingKey,
  deleteAfter: Date | null,
  by: Actor,
): Promise<SetRetentionResult> {
  let refused: string | undefined;
  let removedAt: Date | undefined;
  let policy: RetentionPolicy | undefined;
  const entry = await ledger.change(key, (known, itsPolicy) => {
    policy = itsPolicy;
    removedAt = known.deletion === undefined ? known.metadataRemovedAt : undefined;
    if (removedAt !== undefined) return undefined;
    const next = { ...known, deleteAfterOverride: deleteAfter ?? undefined, overrideBy: by };
    refused = whyNot(known, next, policy);
    return refused === undefined ? { entry: next, events: [] } : undefined;
  });
  if (entry === undefined || policy === undefined) return { outcome: 'unknown-recording' };
  if (removedAt !== undefined) return { outcome: 'removed', at: removedAt };
  return refused === undefined ? { outcome: 'set', entry, policy } : { outcome: 'not-possible', reason: refused };
}

function whyNot(known: RecordingEntry, next: RecordingEntry, policy: RetentionPolicy): string | undefined {
  if (known.deletion?.completedAt !== undefined) return 'The recording is deleted.';
  if (known.deletion !== undefined) return 'The deletion of this recording has begun and cannot be taken back.';
  const wanted = next.deleteAfterOverride;
  const planned = planDeletion(next, policy);
  if (wanted === undefined || planned === undefined) return undefined;
  if (planned.keptBy !== undefined && planned.deleteAfter > wanted) {
    return `The law asks for it to be kept until ${planned.deleteAfter.toISOString()}: ${planned.keptBy}.`;
  }
  if (planned.deleteAfter >= wanted) return undefined;
  return (
    `A party refused this recording, so it goes at ${planned.deleteAfter.toISOString()} at the latest. ` +
    'A later agreement by the same party, recorded before then, undoes the refusal.'
  );
}
