import type { Pool } from 'pg';
import { inTenant } from '../ledger/tenancy.ts';

/** As many as the database's function places in one transaction. */
const BATCH = 10_000;

/**
 * Gives entries that are committed their places in the logs of their accounts, in the order in which they were added. Whatever reads
 * a log calls it first: what is placed is final, and nothing is ever placed before it.
 */
export async function placeAuditEntries(pool: Pool, accounts: readonly string[]): Promise<void> {
  const { rows } = await inTenant(pool, accounts, (client) =>
    client.query<{ account_sid: string }>(
      `select account_sid from unnest($1::text[]) known(account_sid) where exists (
         select from ledger.audit_entries entry where entry.account_sid = known.account_sid and position is null
       )`,
      [accounts],
    ),
  );
  for (const { account_sid: accountSid } of rows) {
    while ((await placeBatch(pool, accountSid)) === BATCH);
  }
}

const placeBatch = (pool: Pool, accountSid: string): Promise<number> =>
  inTenant(pool, accountSid, async (client) => {
    const { rows } = await client.query<{ placed: number }>('select ledger.place_audit_entries($1) as placed', [
      accountSid,
    ]);
    return rows[0]?.placed ?? 0;
  });
