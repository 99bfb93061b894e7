import type { Change, DueLedger } from '../change-recording.ts';
import { beginDeletion, groundOf } from '../domain/begin-deletion.ts';
import type { RecordingEntry } from '../domain/custody.ts';
import type { DeletionCause } from '../domain/deletion.ts';
import { isToBeErased } from '../domain/erasure.ts';
import { planClasses } from '../domain/plan-classes.ts';
import type { RetentionPolicy } from '../domain/policy.ts';

/**
 * Begins the deletion of classes of data that go before their recording does: their own period is over, or an erasure covers them, or the
 * recording is refused, and no law asks for them.
 * @returns how many recordings were due of the account with the most, at most `limit`
 */
export async function beginDueParts(ledger: DueLedger, now: Date, limit: number): Promise<number> {
  const begin: Change = (entry, policy) => {
    const classes = planClasses(entry, policy)
      .filter(({ dueAt }) => dueAt <= now)
      .map(({ dataClass }) => dataClass);
    // The plan may have moved since it was saved: saving it again is enough.
    if (classes.length === 0) return { entry, events: [] };
    const cause = causeOf(entry, policy);
    return { entry: beginDeletion(entry, { ...groundOf(entry, cause, policy, now), cause, classes, now }), events: [] };
  };
  return (await ledger.changeDue('part', now, limit, begin)).due;
}

function causeOf({ erasure, decision }: RecordingEntry, policy: RetentionPolicy): DeletionCause {
  if (isToBeErased(erasure, policy)) return 'erasure';
  return decision?.clearance.outcome === 'refused' ? decision.clearance.cause : 'schedule';
}
