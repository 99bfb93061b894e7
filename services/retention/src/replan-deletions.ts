import type { DueLedger } from './change-recording.ts';

/**
 * Plans the deletion of recordings whose schedule was made with another retention period than the policy has now: saving them is
 * enough. What an operator or a refusal decided depends on no period and stays as it is.
 * @returns how many there were of the account with the most, at most `limit`
 */
export const replanDeletions = async (ledger: DueLedger, now: Date, limit: number): Promise<number> =>
  (await ledger.changeDue('plan', now, limit, (entry) => ({ entry, events: [] }))).due;
