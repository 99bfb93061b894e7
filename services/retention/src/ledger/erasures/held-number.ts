import type { ClientBase } from 'pg';
import { appendAudit } from '../../audit/append-audit.ts';
import { RETENTION } from '../../domain/actor.ts';
import type { Residue } from '../../domain/erasure.ts';
import { type ErasureName, noteResidue } from './residues.ts';

/**
 * @returns the ids of the holds that stand and select by this person's number; none of them is released before the transaction ends, nor
 * was by one that is not seen
 */
async function holdsByNumber(client: Pick<ClientBase, 'query'>, accountSid: string, party: string): Promise<string[]> {
  const { rows } = await client.query<{ hold_id: string }>(
    `select hold_id from ledger.holds
     where account_sid = $1 and party = $2 and released_at is null order by placed_at, hold_id for share`,
    [accountSid, party],
  );
  return rows.map((row) => row.hold_id);
}

/** @param holds by their ids, one at least */
const heldNumber = (holds: readonly string[]): Residue => ({
  residue: 'holds',
  what: `The number itself in ${holds.join(', ')}, which hold what it is on`,
  why: 'A legal hold covers the calls that are still to come as well; the number goes from it with its release.',
});

/** Names what holds keep of the person's number, if any do. A release comes after it, and sees it, or was committed before. */
export async function noteHeldNumber(
  client: ClientBase,
  erasure: ErasureName & { party?: string | undefined },
  now: Date,
): Promise<void> {
  if (erasure.party === undefined) return;
  const holds = await holdsByNumber(client, erasure.accountSid, erasure.party);
  if (holds.length > 0) await noteResidue(client, erasure, heldNumber(holds), now);
}

/**
 * Looks which holds on a person's number stand by now, in the caller's transaction: those are named, and after the last one the number is
 * not kept any more.
 */
export async function lookAtHeldNumber(client: ClientBase, accountSid: string, party: string, at: Date): Promise<void> {
  const holds = await holdsByNumber(client, accountSid, party);
  const isGone = holds.length === 0;
  const finding = isGone
    ? 'The last hold that kept the number was released, and the number went from it.'
    : `It is kept by ${holds.join(', ')}.`;
  const { rows } = await client.query<{ erasure_id: string }>(
    `update ledger.erasure_residues residue
     set checked_at = $3, finding = $4, gone_at = $5, what = coalesce($6, what)
     from ledger.erasures erasure
     where residue.account_sid = $1 and residue.residue = 'holds' and residue.gone_at is null and erasure.party = $2
       and erasure.account_sid = residue.account_sid and erasure.erasure_id = residue.erasure_id
     returning residue.erasure_id`,
    [accountSid, party, at, finding, isGone ? at : undefined, isGone ? undefined : heldNumber(holds).what],
  );
  if (!isGone) return;
  const gone = {
    accountSid,
    at,
    kind: 'erasure.residue-gone' as const,
    actor: RETENTION,
    details: { residue: 'holds' },
  };
  await appendAudit(
    client,
    rows.map((row) => ({ ...gone, subject: { erasure: row.erasure_id } })),
  );
}

/** Persons whose number holds keep, as far as nobody looked since; those that were never looked at first. */
export async function heldNumbersUnseen(
  client: ClientBase,
  accounts: readonly string[],
  since: Date,
  limit: number,
): Promise<{ accountSid: string; party: string }[]> {
  const { rows } = await client.query<{ account_sid: string; party: string }>(
    `select residue.account_sid, erasure.party from ledger.erasure_residues residue
     join ledger.erasures erasure using (account_sid, erasure_id)
     where residue.account_sid = any($1) and residue.residue = 'holds' and residue.gone_at is null and erasure.party is not null
       and (residue.checked_at is null or residue.checked_at <= $2)
     group by 1, 2 order by min(residue.checked_at) nulls first limit $3`,
    [accounts, since, limit],
  );
  return rows.map((row) => ({ accountSid: row.account_sid, party: row.party }));
}
