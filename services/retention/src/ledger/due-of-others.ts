import type { Pool } from 'pg';
import { EARLIEST_DUE } from './earliest-due.ts';

/** Accounts of the ledger that are not among these and have something that is due, with the moment since when. */
export async function dueOfOthers(pool: Pool, configured: readonly string[], now: Date) {
  const { rows } = await pool.query<{ account_sid: string; due: Date }>(
    `select account_sid, due from ledger.accounts known cross join lateral (
       select ${EARLIEST_DUE} as due
     ) earliest where account_sid <> all($1) and due <= $2 order by account_sid`,
    [configured, now],
  );
  return rows.map((row) => ({ accountSid: row.account_sid, due: row.due }));
}
