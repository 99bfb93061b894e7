import type { ClientBase, QueryResultRow } from 'pg';

/** Where somebody was on the line. */
export interface PlacesOfNumber {
  callSids: readonly string[];
  conferenceSids: readonly string[];
}

/** The calls, as their own legs and those of their parents, and conferences that a number was part of. */
export async function placesOfNumber(
  client: ClientBase,
  accounts: readonly string[],
  number: string,
): Promise<PlacesOfNumber> {
  const { rows } = await client.query<QueryResultRow>(
    `select leg.call_sid, leg.parent_call_sid, leg.conference_sid, joined.conference_sid as joined_sid
     from ledger.accounts known join ledger.calls leg using (account_sid)
     left join ledger.participants joined using (account_sid, call_sid)
     where known.account_sid = any($1) and (leg.from_number = $2 or leg.to_number = $2)`,
    [accounts, number],
  );
  const all = (...names: string[]) => [
    ...new Set(rows.flatMap((row) => names.map((name) => row[name] as string | null)).filter((sid) => sid !== null)),
  ];
  return { callSids: all('call_sid', 'parent_call_sid'), conferenceSids: all('conference_sid', 'joined_sid') };
}
