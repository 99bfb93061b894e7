import { noteNumbersOfOldLegs } from './ledger/erasures/call-numbers.ts';
import { inTenant } from './ledger/tenancy.ts';
import { type LookDeps, lookingAtResidues } from './look-at-residues.ts';
import { type ErasureDeps, runningErasures } from './run-erasures.ts';
import type { Sweep } from './sweeper.ts';

/** Legs of one turn. */
const OLD_LEGS = 500;

/** What the sweeper does for erasures: their work, and the second look at what they left. */
export const erasureSweeps = (deps: ErasureDeps & LookDeps): Sweep[] => [
  async () => {
    const { pool, pseudonyms } = deps;
    const accounts = deps.accounts();
    const noted = await inTenant(pool, accounts, (client) =>
      noteNumbersOfOldLegs(client, accounts, pseudonyms, OLD_LEGS),
    );
    return noted === OLD_LEGS;
  },
  runningErasures(deps),
  lookingAtResidues(deps),
];
