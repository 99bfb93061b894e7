import type { ClientBase } from 'pg';
import { namesOfPerson, personOf } from '../../erasures/subject-names.ts';
import type { Pseudonyms } from '../../pseudonyms.ts';

/** Where an answer was given: one leg of a call, or a conference; or by the holder of a number, for the calls with it. */
export interface AnswerPlace {
  callSid?: string | undefined;
  conferenceSid?: string | undefined;
  number?: string | undefined;
}

/** Whether anything but answers was ever reported of the call or conference. */
export async function isPlaceKnown(
  client: ClientBase,
  accountSid: string,
  { callSid, conferenceSid, number }: AnswerPlace,
  pseudonyms: Pseudonyms,
): Promise<boolean> {
  const names = number === undefined ? [] : [number, personOf(pseudonyms, number)];
  const { rows } = await client.query<{ known: boolean }>(
    `select exists (select from ledger.calls where account_sid = $1 and (call_sid = $2 or parent_call_sid = $2))
       or exists (
         select from ledger.recordings
         where account_sid = $1 and (call_sid = $2 or conference_sid = $3) and metadata_removed_at is null
       )
       or exists (select from ledger.participants where account_sid = $1 and (call_sid = $2 or conference_sid = $3))
       or exists (select from ledger.calls where account_sid = $1 and from_number = any($4))
       or exists (select from ledger.calls where account_sid = $1 and to_number = any($4))
       or exists (select from ledger.call_numbers where account_sid = $1 and spelling = any($5))
       as known`,
    [accountSid, callSid, conferenceSid, names, number === undefined ? [] : namesOfPerson(pseudonyms, number)],
  );
  return rows[0]?.known === true;
}
