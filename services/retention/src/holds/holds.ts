import type { ClientBase, Pool } from 'pg';
import type { RecordingLedger } from '../change-recording.ts';
import type { Actor } from '../domain/actor.ts';
import { approveRelease, type Hold, type HoldSelector, type ReleaseStep, requestRelease } from '../domain/hold.ts';
import { asksForTwoPersons } from '../domain/hold-release.ts';
import type { Matter } from '../domain/matter.ts';
import { callsBegun } from '../ledger/holds/calls-begun.ts';
import { withNames } from '../ledger/holds/hold-names.ts';
import {
  type HoldFilter,
  listCovered,
  listHolds,
  listMatters,
  type OfAccount,
  type Position,
  readCoverage,
} from '../ledger/holds/read-holds.ts';
import { writeHold, writeMatter, writeRelease } from '../ledger/holds/write-hold.ts';
import { findActive } from '../ledger/policies.ts';
import { inTenant } from '../ledger/tenancy.ts';
import { type CarryOutContext, createCarryOut } from './carry-out.ts';

export interface HoldDeps extends CarryOutContext {
  pool: Pool;
  ledger: RecordingLedger;
  /** Whether a hold is released only when a second person agrees, whatever the account's policy says. */
  releaseNeedsSecondPerson: boolean;
  /** 32 hexadecimal digits that nobody has had before. */
  newId: () => string;
  /** Called after a commit that put events into the outbox. */
  onPublish: () => void;
  /** Something became due sooner than the sweeper would look. */
  onDue: (at: Date) => void;
}

export interface HoldOrder {
  matterId: string;
  /** Without what stands for its number. */
  selector: Omit<HoldSelector, 'party' | 'names'>;
  reason?: string | undefined;
}

/** As who did it is kept with a hold. */
const nameOf = ({ kind, id }: Actor): string => `${kind}:${id}`;

async function policyAsksForTwo(client: ClientBase, accountSid: string): Promise<boolean> {
  const active = await findActive(client, accountSid);
  return active !== undefined && asksForTwoPersons(active.document);
}

/** Matters and holds: what is placed, asked for and told. Everything is of one account, or of those that are given. */
export function createHolds(deps: HoldDeps) {
  const { pool, clock, pseudonyms, newId, onPublish } = deps;
  const carryOut = createCarryOut(deps);
  type Step = (hold: Hold, needsSecondPerson: boolean) => ReleaseStep;
  const release = async (accountSid: string, holdId: string, actor: Actor, step: Step) => {
    const at = clock();
    const spreadDueAt = carryOut.lateAt(at);
    const taken = await inTenant(pool, accountSid, async (client) => {
      const needsSecondPerson = deps.releaseNeedsSecondPerson || (await policyAsksForTwo(client, accountSid));
      // Its number goes; by what it was found stays.
      const ofHold = (hold: Hold) =>
        step({ ...hold, selector: withNames(hold.selector, pseudonyms) }, needsSecondPerson);
      return writeRelease(client, accountSid, holdId, { actor, at, spreadDueAt, step: ofHold });
    });
    if (taken?.outcome === 'released') {
      onPublish();
      await carryOut({ accountSid, hold: taken.hold, after: '' });
      // What was suspended goes on, and so do erasures that waited.
      deps.onDue(at);
    }
    return taken;
  };
  return {
    openMatter: async (accountSid: string, name: string, actor: Actor): Promise<Matter> => {
      const matter = { matterId: `mat_${newId()}`, name, openedBy: nameOf(actor), openedAt: clock() };
      await inTenant(pool, accountSid, (client) => writeMatter(client, accountSid, matter, actor));
      return matter;
    },
    /** Stands from the commit on; then what it covers is gone through, locked and looked at, as far as that is done in time. */
    place: async (accountSid: string, { matterId, selector, reason }: HoldOrder, actor: Actor): Promise<Hold> => {
      const placedAt = clock();
      const party = selector.number === undefined ? undefined : pseudonyms.of(selector.number);
      const placed = { matterId, reason, placedBy: nameOf(actor), placedAt };
      const hold: Hold = {
        ...placed,
        holdId: `hld_${newId()}`,
        selector: withNames({ ...selector, party }, pseudonyms),
      };
      const spreadDueAt = carryOut.lateAt(placedAt);
      await inTenant(pool, accountSid, (client) => writeHold(client, accountSid, hold, { actor, spreadDueAt }));
      onPublish();
      await carryOut({ accountSid, hold, after: '' });
      return hold;
    },
    requestRelease: (accountSid: string, holdId: string, reason: string | undefined, actor: Actor) =>
      release(accountSid, holdId, actor, (hold, needsSecondPerson) =>
        requestRelease(hold, { by: nameOf(actor), at: clock(), reason }, needsSecondPerson),
      ),
    approveRelease: (accountSid: string, holdId: string, actor: Actor) =>
      release(accountSid, holdId, actor, (hold) => approveRelease(hold, { by: nameOf(actor), at: clock() })),
    matters: (accounts: readonly string[], query: { after?: Position | undefined; limit: number; matterId?: string }) =>
      inTenant(pool, accounts, (client) => listMatters(client, query)),
    list: (accounts: readonly string[], filter: HoldFilter) =>
      inTenant(pool, accounts, (client) => listHolds(client, filter)),
    find: async (accounts: readonly string[], holdId: string): Promise<OfAccount<Hold> | undefined> =>
      (await inTenant(pool, accounts, (client) => listHolds(client, { holdId, limit: 1 })))[0],
    coverage: (accountSid: string, holdId: string) =>
      inTenant(pool, accountSid, (client) => readCoverage(client, accountSid, holdId)),
    covered: (accountSid: string, holdId: string, page: Parameters<typeof listCovered>[3]) =>
      inTenant(pool, accountSid, (client) => listCovered(client, accountSid, holdId, page)),
    /** What erasures had asked Twilio to delete of its records of the calls that are covered. */
    callsBegun: (accountSid: string, hold: Hold) =>
      inTenant(pool, accountSid, (client) => callsBegun(client, accountSid, hold, pseudonyms)),
    /** Why the store does not keep by itself what is held; `undefined` where it does. */
    whyLedgerAlone: async (): Promise<string | undefined> => {
      const { isEnforced, reason } = await deps.objects.objectLock();
      return isEnforced ? undefined : reason;
    },
  };
}

export type Holds = ReturnType<typeof createHolds>;
