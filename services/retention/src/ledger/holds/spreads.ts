import type { Pool } from 'pg';
import type { Hold } from '../../domain/hold.ts';
import type { Pseudonyms } from '../../pseudonyms.ts';
import { updateRow } from '../rows.ts';
import { type TakeDue, takeDueRows } from '../take-due.ts';
import { inTenant } from '../tenancy.ts';
import { coveredBy, nextCandidates } from './candidates.ts';
import { withNames } from './hold-names.ts';
import { toHold } from './hold-rows.ts';

/** A hold, placed or released, whose known recordings are being gone through. */
export interface Spread {
  accountSid: string;
  hold: Hold;
  /** Where the next page begins. */
  after: string;
}

/** Takes those that are due, and puts them a lease ahead: another worker goes on with them only if this one does not. */
export async function takeDueSpreads(pool: Pool, pseudonyms: Pseudonyms, wanted: TakeDue): Promise<Spread[]> {
  const rows = await takeDueRows(pool, { table: 'holds', key: ['hold_id'], dueAt: 'spread_due_at' }, wanted);
  return rows.map((row) => {
    const hold = toHold(row);
    const named = { ...hold, selector: withNames(hold.selector, pseudonyms) };
    return { accountSid: row.account_sid, hold: named, after: row.spread_after ?? '' };
  });
}

/** What a hold may cover among the recordings that are known, or, once it is released, what it has covered. */
export const readPage = (pool: Pool, { accountSid, hold, after }: Spread, limit: number) =>
  inTenant(pool, accountSid, (client) =>
    (hold.release === undefined ? nextCandidates : coveredBy)(client, accountSid, hold, after, limit),
  );

/** @param next where the next page begins; `undefined` behind the last. A hold of before keeps the names that it was given. */
export const turnPage = (pool: Pool, { accountSid, hold }: Spread, next: string | undefined, dueAt: Date) =>
  inTenant(pool, accountSid, (client) =>
    updateRow(
      client,
      'ledger.holds',
      { account_sid: accountSid, hold_id: hold.holdId },
      { spread_after: next, spread_due_at: next === undefined ? undefined : dueAt, names: hold.selector.names },
    ),
  );
