import { pruneProcessed } from '@onrecord/shared/postgres/processed-events';
import { placeAuditEntries } from './audit/place-audit-entries.ts';
import { decideDue } from './clearance/decide-due.ts';
import type { DecideContext } from './clearance/decide-recording.ts';
import { replanRecordings } from './clearance/replan-recordings.ts';
import type { DatedSweep } from './dated-sweeps.ts';
import { beginDueDeletions } from './deletions/begin-due-deletions.ts';
import { beginDueParts } from './deletions/begin-due-parts.ts';
import { type Attempted, attemptDeletion } from './deletions/delete-recording.ts';
import { holdLease } from './deletions/hold-lease.ts';
import { createHoldWork, type HoldWorkContext } from './holds/hold-work.ts';
import type { Ledger } from './ledger/postgres-ledger.ts';
import { knownAccounts } from './ledger/tenancy.ts';
import type { DeleteContext } from './places/delete-context.ts';
import { type TellLeft, tellingLeft } from './tell-left.ts';

export interface SweepDeps extends Omit<DecideContext, 'now'>, Omit<DeleteContext, 'objects'>, TellLeft {
  objects: DeleteContext['objects'] & HoldWorkContext['objects'];
  ledger: Ledger;
  pseudonyms: HoldWorkContext['pseudonyms'];
  /** Whether plans are made by the settings of this process. */
  plansAgree(): Promise<boolean>;
  /** After each attempt at a deletion, whatever came of it. */
  onDeletionAttempt(attempted: Attempted): void;
}

export interface SweepLimits {
  /** Rows in one transaction: short enough that events for these recordings hardly wait. */
  batch: number;
  /** Attempted at a time, of an account: those of one day share their requests to the store. */
  deletionsAtOnce: number;
  /**
   * How long a worker has a deletion to itself, in milliseconds, unless it renews that. A killed worker's deletion waits so long.
   */
  leaseMs: number;
}

export const DEFAULT_LIMITS: SweepLimits = { batch: 50, deletionsAtOnce: 32, leaseMs: 60_000 };

/** Recordings, or legs of calls, of one turn, of an account. */
const FORGOTTEN = 50;

/** Everything that falls due with time, in the order in which one leads to the next. */
export function createSweeps(deps: SweepDeps, limits: SweepLimits = DEFAULT_LIMITS): DatedSweep[] {
  return [...decidingAgain(deps, limits), ...deleting(deps, limits), ...forgetting(deps), ...keepingBooks(deps)];
}

function decidingAgain(deps: SweepDeps, { batch }: SweepLimits): DatedSweep[] {
  const { ledger, clock } = deps;
  const replan = async (why: 'again' | 'plan' | 'rules') =>
    (await replanRecordings(ledger, { ...deps, now: clock() }, batch, why)) === batch;
  return [
    {
      // By a clock that is ahead an agreement would end before its time, and nothing brings its transcript back.
      ...{ name: 'decide what waited', effect: 'takes' },
      sweep: async () => (await decideDue(ledger, { ...deps, now: clock() }, batch)) === batch,
    },
    // What an answer by number left is no plan, and waits for no process with other settings.
    { name: 'decide again', effect: 'keeps', sweep: () => replan('again') },
    ...(['plan', 'rules'] as const).map(
      (why): DatedSweep => ({
        ...{ name: `plan again by ${why}`, effect: 'keeps' },
        sweep: async () => (await deps.plansAgree()) && replan(why),
      }),
    ),
  ];
}

function deleting(deps: SweepDeps, limits: SweepLimits): DatedSweep[] {
  const { ledger, clock } = deps;
  const { batch, leaseMs, deletionsAtOnce } = limits;
  const holds = createHoldWork({ ...deps, leaseMs });
  return [
    {
      // Before anything is deleted.
      ...{ name: 'carry out holds', effect: 'keeps' },
      sweep: async () => {
        const accounts = deps.accounts.all().map(({ accountSid }) => accountSid);
        const more = [await holds.spreadDue(accounts), await holds.lock(accounts), await holds.settleDue(accounts)];
        return more.includes(true);
      },
    },
    {
      ...{ name: 'begin deletions', effect: 'takes' },
      sweep: async () => (await beginDueDeletions(ledger, clock(), batch)) === batch,
    },
    {
      ...{ name: 'begin deletions of parts', effect: 'takes' },
      sweep: async () => (await beginDueParts(ledger, clock(), batch)) === batch,
    },
    {
      ...{ name: 'attempt deletions', effect: 'goes-on' },
      sweep: async () => {
        const lease = { takenAt: clock(), leaseMs, clock };
        const keys = await ledger.takeDueDeletions(lease.takenAt, leaseMs, deletionsAtOnce);
        // Every attempt is waited for and told, also beside one that could not be written down.
        const attempts = await Promise.allSettled(
          keys.map((key) => holdLease(ledger, key, lease, () => attemptDeletion(ledger, key, deps))),
        );
        for (const attempt of attempts) {
          if (attempt.status === 'fulfilled' && attempt.value !== undefined) deps.onDeletionAttempt(attempt.value);
        }
        const failed = attempts.find((attempt) => attempt.status === 'rejected');
        if (failed !== undefined) throw failed.reason;
        return keys.length >= deletionsAtOnce;
      },
    },
  ];
}

/** After what ends today, in pages of its own: each is a look into many tables. */
const forgetting = ({ ledger, clock }: SweepDeps): DatedSweep[] => [
  {
    ...{ name: 'forget recordings', effect: 'takes' },
    sweep: async () => (await ledger.forgetRecordings(clock(), FORGOTTEN)) === FORGOTTEN,
  },
  {
    ...{ name: 'forget old calls', effect: 'takes' },
    sweep: async () => (await ledger.forgetOldCalls(clock(), FORGOTTEN)) === FORGOTTEN,
  },
];

const keepingBooks = (deps: SweepDeps): DatedSweep[] => [
  { name: 'tell what is left', effect: 'keeps', sweep: tellingLeft(deps) },
  {
    ...{ name: 'place audit entries', effect: 'keeps' },
    sweep: async () => {
      // What is refused at the door is on record for accounts of which nothing else is known.
      const configured = deps.accounts.all().map(({ accountSid }) => accountSid);
      await placeAuditEntries(deps.pool, [...new Set([...(await knownAccounts(deps.pool)), ...configured])]);
      return false;
    },
  },
  {
    // By the database's own clock.
    ...{ name: 'prune processed events', effect: 'goes-on' },
    sweep: async () => {
      await pruneProcessed(deps.pool);
      return false;
    },
  },
];
