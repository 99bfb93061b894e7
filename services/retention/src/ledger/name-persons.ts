import type { ClientBase } from 'pg';
import { personOf } from '../erasures/subject-names.ts';
import type { Pseudonyms } from '../pseudonyms.ts';

/**
 * Writes down whose the answers by number are that were recorded before this was written with them.
 * @returns how many answers, at most `limit`
 */
export async function namePersonsOfOldAnswers(
  client: ClientBase,
  accounts: readonly string[],
  pseudonyms: Pseudonyms,
  limit: number,
): Promise<number> {
  const { rows } = await client.query<{ account_sid: string; consent_id: string; number: string }>(
    `select account_sid, consent_id, number from ledger.consents
     where account_sid = any($1) and number is not null and person is null
     order by account_sid, consent_id limit $2 for no key update skip locked`,
    [accounts, limit],
  );
  await client.query(
    `update ledger.consents given set person = named.person
     from unnest($1::text[], $2::text[], $3::text[]) named (account_sid, consent_id, person)
     where (given.account_sid, given.consent_id) = (named.account_sid, named.consent_id)`,
    [
      rows.map((row) => row.account_sid),
      rows.map((row) => row.consent_id),
      rows.map((row) => personOf(pseudonyms, row.number)),
    ],
  );
  return rows.length;
}
