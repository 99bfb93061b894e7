import type { ClientBase } from 'pg';

/** Whether an answer by this person's number has to be obeyed in calls that are still to come. */
export async function keepsRefusal(
  client: Pick<ClientBase, 'query'>,
  accountSid: string,
  party: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from ledger.consents where account_sid = $1 and person = $2 and outcome <> 'granted' limit 1`,
    [accountSid, party],
  );
  return rowCount === 1;
}
