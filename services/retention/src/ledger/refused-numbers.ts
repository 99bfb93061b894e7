import type { ClientBase, QueryResultRow } from 'pg';
import { namesOfPerson, personOf } from '../erasures/subject-names.ts';
import { isPseudonym, type Pseudonyms } from '../pseudonyms.ts';
import { leaveToSweeper } from './decide-later.ts';
import { recordingsWith } from './touched.ts';

/** Notes by which spellings whoever refused by number is found on legs. */
export async function noteRefusedNumber(
  client: ClientBase,
  accountSid: string,
  number: string,
  pseudonyms: Pseudonyms,
): Promise<void> {
  const person = personOf(pseudonyms, number);
  await client.query(
    `insert into ledger.refused_numbers (account_sid, spelling, person)
     select $1, spelling, $2 from unnest($3::text[]) spelling
     union
     -- Of a number that was erased, what it was spelt by is known to its erasure.
     select $1, name, $2 from ledger.erased_subjects where account_sid = $1 and party = $2 and $4::boolean
     on conflict do nothing`,
    [accountSid, person, namesOfPerson(pseudonyms, number), isPseudonym(number)],
  );
}

/**
 * Notes the spellings of those who refused before they were noted, and leaves the recordings to the sweeper that a refusal may bear on.
 * @returns how many refusals, at most `limit`
 */
export async function noteOldRefusals(
  client: ClientBase,
  accounts: readonly string[],
  pseudonyms: Pseudonyms,
  limit: number,
): Promise<number> {
  const { rows } = await client.query<QueryResultRow>(
    `select account_sid, consent_id, number, outcome, recorded_at from ledger.consents
     where account_sid = any($1) and number is not null and outcome <> 'granted' and not spellings_noted
     order by account_sid, consent_id limit $2 for no key update skip locked`,
    [accounts, limit],
  );
  for (const { account_sid: accountSid, number, outcome, recorded_at: recordedAt } of rows) {
    await noteRefusedNumber(client, accountSid, number, pseudonyms);
    await leaveToSweeper(client, await recordingsWith(client, { accountSid, outcome, recordedAt, number }, pseudonyms));
  }
  await client.query(
    `update ledger.consents given set spellings_noted = true from unnest($1::text[], $2::text[]) noted (account_sid, consent_id)
     where (given.account_sid, given.consent_id) = (noted.account_sid, noted.consent_id)`,
    [rows.map((row) => row.account_sid), rows.map((row) => row.consent_id)],
  );
  return rows.length;
}
