import type { DueLedger } from '../change-recording.ts';
import { type DecideContext, deciding } from './decide-recording.ts';

/**
 * Decides and plans again what stands by another policy than the one that holds now, such as after an activation, or was judged by another
 * version of the rules on places, or was left to the sweeper. What an operator decided stays as it is.
 * @returns how many there were of the account with the most, at most `limit`
 */
export async function replanRecordings(
  ledger: DueLedger,
  context: DecideContext,
  limit: number,
  why: 'again' | 'plan' | 'rules' = 'plan',
): Promise<number> {
  const { change, report } = deciding(context);
  const { due, failed } = await ledger.changeDue(why, context.now, limit, change);
  report(failed);
  return due;
}
