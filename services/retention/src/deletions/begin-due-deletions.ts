import type { Change, DueLedger } from '../change-recording.ts';
import { beginDeletion, groundOf } from '../domain/begin-deletion.ts';
import { planDeletion } from '../domain/plan-deletion.ts';

/** Begins the deletions that are due. @returns how many were due of the account with the most, at most `limit` */
export async function beginDueDeletions(ledger: DueLedger, now: Date, limit: number): Promise<number> {
  const begin: Change = (entry, policy) => {
    const plan = planDeletion(entry, policy);
    // The plan may have moved since it was saved, for instance by a longer retention period: saving it again is enough.
    if (plan === undefined || plan.deleteAfter > now) return { entry, events: [] };
    const { cause } = plan;
    return {
      entry: beginDeletion(entry, { ...groundOf(entry, cause, policy, now), cause, classes: undefined, now }),
      events: [],
    };
  };
  return (await ledger.changeDue('deletion', now, limit, begin)).due;
}
