import type { TwilioAccounts } from '@onrecord/shared/twilio/accounts';
import type { Pool } from 'pg';
import { dueOfOthers } from './ledger/due-of-others.ts';
import type { Sweep } from './sweeper.ts';

export interface TellLeft {
  pool: Pool;
  accounts: TwilioAccounts;
  clock: () => Date;
  /** Something has been due since then of an account that is not configured, and nothing is done. */
  onLeft(accountSid: string, due: Date): void;
}

/** An account without credentials stays so until a person mends it: told again after this. */
const TELL_AGAIN_MS = 3_600_000;

/** Tells of accounts whose recordings are due and that are not configured (any more), so that none is left in silence. */
export function tellingLeft({ pool, accounts, clock, onLeft }: TellLeft): Sweep {
  const toldAt = new Map<string, number>();
  return async () => {
    const now = clock();
    const configured = accounts.all().map(({ accountSid }) => accountSid);
    for (const { accountSid, due } of await dueOfOthers(pool, configured, now)) {
      if (now.getTime() - (toldAt.get(accountSid) ?? Number.NEGATIVE_INFINITY) < TELL_AGAIN_MS) continue;
      toldAt.set(accountSid, now.getTime());
      onLeft(accountSid, due);
    }
    return false;
  };
}
