import type { ClientBase, QueryResultRow } from 'pg';
import type { Erasure } from '../../domain/erasure.ts';
import { toErasure } from './rows.ts';

/** Legs that somebody of these names was on, in the order of their SIDs, after `after`. */
export async function callsOfNames(
  client: ClientBase,
  accountSid: string,
  names: readonly string[],
  after: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await client.query<{ call_sid: string }>(
    `select distinct call_sid from ledger.call_numbers
     where account_sid = $1 and spelling = any($2) and call_sid > $3 order by call_sid limit $4`,
    [accountSid, names, after, limit],
  );
  return rows.map((row) => row.call_sid);
}

/** Oldest first. */
export async function erasuresOfParty(client: ClientBase, accountSid: string, party: string): Promise<Erasure[]> {
  const { rows } = await client.query<QueryResultRow>(
    'select * from ledger.erasures where account_sid = $1 and party = $2 order by requested_at',
    [accountSid, party],
  );
  return rows.map(toErasure);
}
