import type { ClientBase } from 'pg';
import type { Pseudonyms } from '../pseudonyms.ts';

/** With another key, erased numbers would be taken for new ones, and the audit log could not be joined to what comes. */
class PseudonymKeyError extends Error {
  override readonly name = 'PseudonymKeyError';
}

/** Never another text: its pseudonym is in every ledger. */
const FIXED_TEXT = 'onrecord pseudonym key';

/**
 * Remembers, the first time, by which key the ledger's pseudonyms are made, without the key.
 * @throws PseudonymKeyError when this is another one
 */
export async function requireSameKey(client: Pick<ClientBase, 'query'>, pseudonyms: Pseudonyms): Promise<void> {
  const fingerprint = pseudonyms.of(FIXED_TEXT);
  await client.query('insert into ledger.pseudonym_key (fingerprint) values ($1) on conflict do nothing', [
    fingerprint,
  ]);
  const { rows } = await client.query<{ fingerprint: string }>('select fingerprint from ledger.pseudonym_key');
  if (rows[0]?.fingerprint === fingerprint) return;
  throw new PseudonymKeyError(
    'PSEUDONYM_KEY is not the one that the pseudonyms of this ledger were made with: set that one again',
  );
}
