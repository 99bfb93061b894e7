import type { Pool } from 'pg';
import type { RecordingKey } from '../change-recording.ts';
import { changeDueRows, comparedWith, comparison, DUE, type DueQuery, type DueWork } from './change-due.ts';
import { inTenant } from './tenancy.ts';

/** As for one account; `limit` is for each. */
export interface DueOfAccountsQuery extends Omit<DueQuery, 'accountSid'> {
  accounts: readonly string[];
}

/**
 * Changes what is due of each account by itself: the backlog of one keeps the others waiting for a batch at most, and each is read
 * in the order of its index.
 * @returns `due`: how many were due of the account with the most, at most `limit`
 */
export async function changeDueOfAccounts(pool: Pool, query: DueOfAccountsQuery, work: DueWork) {
  const result = { due: 0, failed: [] as RecordingKey[], published: false };
  for (const accountSid of await accountsWithDue(pool, query)) {
    const one = await changeDueRows(pool, { ...query, accountSid }, work);
    result.due = Math.max(result.due, one.due);
    result.failed.push(...one.failed);
    result.published ||= one.published;
  }
  return result;
}

/** Those of the accounts that have anything due, so that hundreds at rest cost one statement. */
async function accountsWithDue(pool: Pool, query: DueOfAccountsQuery): Promise<string[]> {
  const { due, accounts, now } = query;
  const { column, ranges } = DUE[due];
  const isThere = ranges.map(
    (range) => `(
         select true from ledger.recordings recording
         where recording.account_sid = configured.account_sid and ${column} ${range} configured.present
           and (sweep_after is null or sweep_after <= $3)
         -- The order has it looked up by its index: of an "exists" the planner believes that any row will do, and reads them all.
         order by ${column} limit 1
       )`,
  );
  const { rows } = await inTenant(pool, accounts, (client) =>
    client.query<{ account_sid: string }>(
      `select account_sid from (
         select account_sid, ${comparedWith(due, 'listed.account_sid')} as present from unnest($1::text[]) listed(account_sid)
         -- Computed first: what an expression compares with may not be looked up in an index beneath row-level security.
         offset 0
       ) configured where ${isThere.join(' or ')}`,
      [accounts, comparison(query), now],
    ),
  );
  return rows.map((row) => row.account_sid);
}
