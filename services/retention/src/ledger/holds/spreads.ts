import type { Pool, QueryResultRow } from 'pg';
import type { Hold } from '../../domain/hold.ts';
import { updateRow } from '../rows.ts';
import { inTenant } from '../tenancy.ts';
import { coveredBy, nextCandidates } from './candidates.ts';
import { toHold } from './hold-rows.ts';

/** A hold, placed or released, whose known recordings are being gone through. */
export interface Spread {
  accountSid: string;
  hold: Hold;
  /** Where the next page begins. */
  after: string;
}

/** Takes those that are due, and puts them a lease ahead: another worker goes on with them only if this one does not. */
export function takeDueSpreads(
  pool: Pool,
  { accounts, now, leaseMs, limit }: { accounts: readonly string[]; now: Date; leaseMs: number; limit: number },
): Promise<Spread[]> {
  return inTenant(pool, accounts, async (client) => {
    const { rows } = await client.query<QueryResultRow>(
      `update ledger.holds taken set spread_due_at = $3
       from (
         select ready.* from unnest($1::text[]) configured(account_sid) cross join lateral (
           select account_sid, hold_id from ledger.holds
           where account_sid = configured.account_sid and spread_due_at <= $2 order by spread_due_at limit $4
           for update skip locked
         ) ready
       ) due
       where (taken.account_sid, taken.hold_id) = (due.account_sid, due.hold_id) returning taken.*`,
      [accounts, now, new Date(now.getTime() + leaseMs), limit],
    );
    return rows.map((row) => ({ accountSid: row.account_sid, hold: toHold(row), after: row.spread_after ?? '' }));
  });
}

/** What a hold may cover among the recordings that are known, or, once it is released, what it has covered. */
export const readPage = (pool: Pool, { accountSid, hold, after }: Spread, limit: number) =>
  inTenant(pool, accountSid, (client) =>
    (hold.release === undefined ? nextCandidates : coveredBy)(client, accountSid, hold, after, limit),
  );

/** @param next where the next page begins; `undefined` behind the last */
export const turnPage = (pool: Pool, { accountSid, hold }: Spread, next: string | undefined, dueAt: Date) =>
  inTenant(pool, accountSid, (client) =>
    updateRow(
      client,
      'ledger.holds',
      { account_sid: accountSid, hold_id: hold.holdId },
      { spread_after: next, spread_due_at: next === undefined ? undefined : dueAt },
    ),
  );
