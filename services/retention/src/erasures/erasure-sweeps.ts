import type { DatedSweep } from '../dated-sweeps.ts';
import { noteNumbersOfOldLegs } from '../ledger/erasures/call-numbers.ts';
import { namePersonsOfOldAnswers } from '../ledger/name-persons.ts';
import type { LedgerOptions } from '../ledger/postgres-ledger.ts';
import { noteOldRefusals } from '../ledger/refused-numbers.ts';
import { replaceDueNumbers } from '../ledger/replace-due-numbers.ts';
import { inTenant } from '../ledger/tenancy.ts';
import { type CallErasingDeps, erasingCalls } from './erase-calls-at-twilio.ts';
import { type LookDeps, lookingAtResidues } from './look-at-residues.ts';
import { type ErasureDeps, runningErasures } from './run-erasures.ts';

/** Legs of one turn. */
const OLD_LEGS = 500;

/** Answers of one turn. */
const OLD_ANSWERS = 500;

/** Refusals of one turn: each is a look for calls of years. */
const OLD_REFUSALS = 20;

/** Recordings of one turn: each is a look into every table. */
const DUE_NUMBERS = 20;

/** What the sweeper does for numbers: those whose period is over, erasures, and the second look at what they left. */
export const erasureSweeps = (
  deps: ErasureDeps & LookDeps & CallErasingDeps & Pick<LedgerOptions, 'onFailed'>,
): DatedSweep[] => [
  {
    ...{ name: 'note numbers of old legs', effect: 'keeps' },
    sweep: async () => {
      const { pool, pseudonyms } = deps;
      const accounts = deps.accounts();
      const noted = await inTenant(pool, accounts, (client) =>
        noteNumbersOfOldLegs(client, accounts, pseudonyms, OLD_LEGS),
      );
      return noted === OLD_LEGS;
    },
  },
  {
    ...{ name: 'name persons of old answers', effect: 'keeps' },
    sweep: async () => {
      const { pool, pseudonyms } = deps;
      const accounts = deps.accounts();
      const named = await inTenant(pool, accounts, (client) =>
        namePersonsOfOldAnswers(client, accounts, pseudonyms, OLD_ANSWERS),
      );
      return named === OLD_ANSWERS;
    },
  },
  {
    ...{ name: 'note old refusals', effect: 'keeps' },
    sweep: async () => {
      const { pool, pseudonyms } = deps;
      const accounts = deps.accounts();
      const noted = await inTenant(pool, accounts, (client) =>
        noteOldRefusals(client, accounts, pseudonyms, OLD_REFUSALS),
      );
      return noted === OLD_REFUSALS;
    },
  },
  {
    ...{ name: 'replace numbers', effect: 'takes' },
    sweep: async () => {
      const { pool, pseudonyms, onFailed } = deps;
      const due = { accounts: deps.accounts(), now: deps.clock(), limit: DUE_NUMBERS, pseudonyms, onFailed };
      return (await replaceDueNumbers(pool, due)) === DUE_NUMBERS;
    },
  },
  { name: 'run erasures', effect: 'takes', sweep: runningErasures(deps) },
  { name: 'erase calls at Twilio', effect: 'takes', sweep: erasingCalls(deps) },
  { name: 'look at residues', effect: 'goes-on', sweep: lookingAtResidues(deps) },
];
