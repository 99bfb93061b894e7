import type { TwilioAccount } from '@onrecord/shared/twilio/accounts';
import { type OnDemandOptions, type Report, reconcileOnDemand } from './reconcile-on-demand.ts';

/**
 * Looks through each account in turn. One that cannot be asked does not keep the others from it.
 * @throws an error that names the accounts that could not be asked, after the others
 */
export async function* reconcileAccounts(
  order: { since: Date; dryRun: boolean },
  accounts: readonly TwilioAccount[],
  optionsOf: (account: TwilioAccount) => OnDemandOptions,
  signal: AbortSignal,
): AsyncGenerator<Report> {
  const done = { found: 0, unheard: 0, published: 0 };
  const failures: string[] = [];
  for (const account of accounts) {
    try {
      for await (const report of reconcileOnDemand(order, optionsOf(account), signal)) {
        if (!('done' in report)) {
          yield report;
          continue;
        }
        done.found += report.done.found;
        done.unheard += report.done.unheard;
        done.published += report.done.published;
      }
    } catch (error) {
      if (signal.aborted || accounts.length === 1) throw error;
      failures.push(`${account.accountSid}: ${(error as Error).message}`);
    }
  }
  if (failures.length > 0) throw new Error(failures.join('; '));
  yield { done };
}
