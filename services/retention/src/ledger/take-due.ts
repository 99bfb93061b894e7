import type { Pool, QueryResultRow } from 'pg';
import { inTenant } from './tenancy.ts';

export interface TakeDue {
  accounts: readonly string[];
  now: Date;
  /** How long what is taken is its worker's alone. */
  leaseMs: number;
  /** Of each account. */
  limit: number;
}

interface Queue {
  /** With the column of the account. */
  table: string;
  /** Columns that name a row beside its account. */
  key: readonly string[];
  dueAt: string;
  /** Where the end of the lease stands; without one of its own the turn itself is put off until then. */
  leasedUntil?: string;
}

/** Takes rows whose turn it is, the earliest first, and leaves out what another worker is at: that goes on only if this one does not. */
export function takeDueRows(
  pool: Pool,
  { table, key, dueAt, leasedUntil }: Queue,
  { accounts, now, leaseMs, limit }: TakeDue,
): Promise<QueryResultRow[]> {
  const names = ['account_sid', ...key];
  const of = (row: string) => `(${names.map((name) => `${row}.${name}`).join(', ')})`;
  const isFree = leasedUntil === undefined ? '' : `and (${leasedUntil} is null or ${leasedUntil} <= $2)`;
  return inTenant(pool, accounts, async (client) => {
    const { rows } = await client.query<QueryResultRow>(
      `update ledger.${table} taken set ${leasedUntil ?? dueAt} = $3
       from (
         select ready.* from unnest($1::text[]) configured(account_sid) cross join lateral (
           select ${names.join(', ')} from ledger.${table}
           where account_sid = configured.account_sid and ${dueAt} <= $2 ${isFree}
           order by ${dueAt} limit $4 for update skip locked
         ) ready
       ) due
       where ${of('taken')} = ${of('due')} returning taken.*`,
      [accounts, now, new Date(now.getTime() + leaseMs), limit],
    );
    return rows;
  });
}
