import type { ClientBase } from 'pg';
import type { Erasure } from '../../domain/erasure.ts';

/** Whether there were calls of which nothing is known any more, so that nobody can tell who was on them; of a call, whether it is one. */
export async function areForgotten(
  client: Pick<ClientBase, 'query'>,
  { accountSid, callSid }: Pick<Erasure, 'accountSid' | 'callSid'>,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from ledger.removed_calls
     where account_sid = $1 and subject_sid = coalesce($2, subject_sid) and subject_sid like 'CA%' limit 1`,
    [accountSid, callSid],
  );
  return rowCount === 1;
}
