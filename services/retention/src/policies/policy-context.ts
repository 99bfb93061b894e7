import type { Pool } from '@onrecord/shared/postgres/pool';
import type { RetentionPolicy } from '../domain/policy.ts';
import type { NumberReading } from '../ledger/facts.ts';
import type { Policies } from '../ledger/load-policies.ts';
import type { PolicyKey } from '../ledger/policies.ts';
import type { SimulationLimits } from './simulate-policy.ts';

/** What work on policies goes by. */
export interface PolicyContext extends NumberReading {
  pool: Pool;
  /** Holds where an account has no policy of its own. */
  builtIn: RetentionPolicy;
  policies: Policies;
  /** How much of the ledger is looked at before an answer is given. */
  limits?: SimulationLimits | undefined;
  clock: () => Date;
}

export const BUILT_IN = 'built-in';

/** Which policy: a version of the account's, or the built-in one. */
export type Wanted = PolicyKey | { accountSid: string; name: typeof BUILT_IN };
