import type { DueLedger } from './change-recording.ts';
import { type DecideContext, deciding } from './decide-recording.ts';

/**
 * Decides again on recordings whose grace period has ended: what is still unknown is withheld.
 * @returns how many were due, at most `limit`
 */
export async function withholdOverdue(ledger: DueLedger, context: DecideContext, limit: number): Promise<number> {
  const { change, report } = deciding(context);
  const due = await ledger.changeDue('review', context.now, limit, change);
  report();
  return due;
}
