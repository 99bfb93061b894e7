import type { DueLedger } from '../change-recording.ts';
import { type DecideContext, deciding } from './decide-recording.ts';

/**
 * Decides again on recordings that waited for a moment: where the grace period has ended, what is still unknown is withheld; where a
 * conference has settled, it is cleared.
 * @returns how many were due of the account with the most, at most `limit`
 */
export async function decideDue(ledger: DueLedger, context: DecideContext, limit: number): Promise<number> {
  const { change, report } = deciding(context);
  const { due, failed } = await ledger.changeDue('review', context.now, limit, change);
  report(failed);
  return due;
}
