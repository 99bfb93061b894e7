import { inTransaction } from '@onrecord/shared/postgres/pool';
import type { ClientBase, Pool } from 'pg';

/** Every account that the ledger has rows of, configured or not: the one thing that is readable without naming an account. */
export async function knownAccounts(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ account_sid: string }>(
    'select account_sid from ledger.accounts order by account_sid',
  );
  return rows.map((row) => row.account_sid);
}

/**
 * Runs `work` in one transaction that sees and writes rows of these accounts alone: row-level security on every table of the ledger
 * compares with the setting that this makes, and without it there is no row. As with `inTransaction`, `work` may run several times.
 * @param accountSids as the caller is allowed to see; never what a request asks for by itself
 */
export const inTenant = <T>(
  pool: Pool,
  accountSids: string | readonly string[],
  work: (client: ClientBase) => Promise<T>,
): Promise<T> => {
  const accounts = [accountSids].flat();
  // It would be two accounts to the database.
  if (accounts.some((account) => account.includes(','))) throw new TypeError('an AccountSid has no comma');
  const settings = { 'onrecord.accounts': accounts.join(',') };
  return inTransaction(pool, work, { settings });
};
