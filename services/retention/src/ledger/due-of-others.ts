import type { Pool } from 'pg';

/** Accounts of the ledger that are not among these and have something that is due, with the moment since when. */
export async function dueOfOthers(pool: Pool, configured: readonly string[], now: Date) {
  const { rows } = await pool.query<{ account_sid: string; due: Date }>(
    `select account_sid, due from ledger.accounts known cross join lateral (
       select least(
         (select min(review_at) from ledger.recordings where account_sid = known.account_sid and review_at is not null),
         (select min(delete_after) from ledger.recordings where account_sid = known.account_sid and delete_after is not null),
         (select min(next_attempt_at) from ledger.deletions where account_sid = known.account_sid and next_attempt_at is not null)
       ) as due
     ) earliest where account_sid <> all($1) and due <= $2 order by account_sid`,
    [configured, now],
  );
  return rows.map((row) => ({ accountSid: row.account_sid, due: row.due }));
}
