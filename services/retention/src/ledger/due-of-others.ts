import type { Pool } from 'pg';
import { EARLIEST_DUE } from './earliest-due.ts';
import { inTenant, knownAccounts } from './tenancy.ts';

/** Accounts of the ledger that are not among these and have something that is due, with the moment since when. */
export async function dueOfOthers(pool: Pool, configured: readonly string[], now: Date) {
  const others = (await knownAccounts(pool)).filter((accountSid) => !configured.includes(accountSid));
  if (others.length === 0) return [];
  const { rows } = await inTenant(pool, others, (client) =>
    client.query<{ account_sid: string; due: Date }>(
      `select account_sid, due from unnest($1::text[]) known(account_sid) cross join lateral (
         select ${EARLIEST_DUE} as due
       ) earliest where due <= $2 order by account_sid`,
      [others, now],
    ),
  );
  return rows.map((row) => ({ accountSid: row.account_sid, due: row.due }));
}
