import type { Pool } from 'pg';
import { metadataAtTwilio } from '../ledger/erasures/deleted-at-twilio.ts';
import { heldNumbersUnseen, lookAtHeldNumber } from '../ledger/erasures/held-number.ts';
import { dueResidues, saveLook } from '../ledger/erasures/residues.ts';
import { lastNamedAt } from '../ledger/erasures/rows.ts';
import { inTenant } from '../ledger/tenancy.ts';
import type { Sweep } from '../sweeper.ts';
import { type ResidueDeps, TOPICS_OF } from './erasure-residues.ts';

export interface LookDeps extends ResidueDeps {
  accounts: () => readonly string[];
}

type DueResidue = Awaited<ReturnType<typeof dueResidues>>[number];

/** Of one sweep. */
const LOOKS_MAX = 20;
/** What should be gone and is not is looked at again the next day. */
const LOOK_AGAIN_MS = 86_400_000;
/**
 * Looks once more at what was to be gone by now, so that a residue ends with a look and not with a date; each day also at what holds keep,
 * whose release tells it by itself.
 */
export const lookingAtResidues =
  (deps: LookDeps): Sweep =>
  async () => {
    const now = deps.clock();
    const accounts = deps.accounts();
    const due = await inTenant(deps.pool, accounts, (client) => dueResidues(client, accounts, now, LOOKS_MAX));
    for (const residue of due) await lookAt(deps, residue, now);
    const since = new Date(now.getTime() - LOOK_AGAIN_MS);
    const held = await inTenant(deps.pool, accounts, (client) => heldNumbersUnseen(client, accounts, since, LOOKS_MAX));
    for (const { accountSid, party } of held) {
      await inTenant(deps.pool, accountSid, (client) => lookAtHeldNumber(client, accountSid, party, now));
    }
    return due.length === LOOKS_MAX || held.length === LOOKS_MAX;
  };

async function lookAt(deps: LookDeps, residue: DueResidue, now: Date): Promise<void> {
  const looked = { ...residue, checkedAt: now };
  const later = new Date(now.getTime() + LOOK_AGAIN_MS);
  try {
    const finding = await findIn(deps, residue);
    if (finding !== undefined) return await save(deps.pool, { ...looked, finding, until: later });
    await save(deps.pool, { ...looked, finding: 'Nothing of it was found any more.', goneAt: now });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await save(deps.pool, { ...looked, finding: `It could not be looked at: ${reason}`, until: later });
  }
}

/** @returns what is still there; `undefined` where nothing is */
async function findIn({ pool, eventLog }: LookDeps, residue: DueResidue): Promise<string | undefined> {
  const topics = TOPICS_OF[residue.residue];
  if (topics !== undefined) {
    const named = await inTenant(pool, residue.accountSid, (client) => lastNamedAt(client, residue));
    return (await eventLog.holdsBefore(topics, named))
      ? `The event log still has events of before ${named.toISOString()}, when the last one came that names the subject.`
      : undefined;
  }
  // The deletions themselves look at Twilio once more.
  const { recordings, gone } = await inTenant(pool, residue.accountSid, (client) => metadataAtTwilio(client, residue));
  return gone < recordings
    ? `Of ${recordings - gone} recording(s) Twilio was not seen to show nothing yet.`
    : undefined;
}

const save = (pool: Pool, looked: DueResidue): Promise<void> =>
  inTenant(pool, looked.accountSid, (client) => saveLook(client, looked, looked));
