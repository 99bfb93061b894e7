import type { ClientBase } from 'pg';

/** What a request names: SIDs say nothing of their account. */
export interface Named {
  recordingSid?: string | undefined;
  callSid?: string | undefined;
  conferenceSid?: string | undefined;
}

/** Those of the accounts that anything of these is known of. One, but for SIDs that somebody made up. */
export async function holdersOf(client: ClientBase, named: Named, accounts: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ account_sid: string }>(
    `select account_sid from ledger.accounts known where account_sid = any($4) and (
       exists (
         select from ledger.recordings where account_sid = known.account_sid
           and (recording_sid = $1 or call_sid = $2 or conference_sid = $3)
       )
       or exists (
         select from ledger.calls where account_sid = known.account_sid and (call_sid = $2 or parent_call_sid = $2)
       )
       or exists (
         select from ledger.participants where account_sid = known.account_sid and (call_sid = $2 or conference_sid = $3)
       )
       or exists (
         select from ledger.consents where account_sid = known.account_sid and (call_sid = $2 or conference_sid = $3)
       )
       or exists (select from ledger.alerts where account_sid = known.account_sid and call_sid = $2)
       or exists (select from ledger.removed_calls where account_sid = known.account_sid and subject_sid in ($2, $3))
     ) order by account_sid`,
    [named.recordingSid ?? null, named.callSid ?? null, named.conferenceSid ?? null, accounts],
  );
  return rows.map((row) => row.account_sid);
}
