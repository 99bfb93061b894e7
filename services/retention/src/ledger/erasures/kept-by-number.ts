import type { ClientBase } from 'pg';

/** @returns the ids of the holds that stand and select by this person's number */
export async function holdsByNumber(
  client: Pick<ClientBase, 'query'>,
  accountSid: string,
  party: string,
): Promise<string[]> {
  const { rows } = await client.query<{ hold_id: string }>(
    `select hold_id from ledger.holds
     where account_sid = $1 and party = $2 and released_at is null order by placed_at, hold_id`,
    [accountSid, party],
  );
  return rows.map((row) => row.hold_id);
}

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
