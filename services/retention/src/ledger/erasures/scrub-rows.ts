import type { ClientBase, QueryResultRow } from 'pg';
import { type Replacements, withoutNumbers } from '../../erasures/subject-names.ts';
import { type Columns, updateRow } from '../rows.ts';
import { ROW_KEYS, type RowKey, type ScrubTable, scrubTables } from './scrub-tables.ts';

/** The rows of one call with all of its legs, of its recordings, and of the conferences that it was in. */
export type RowsOf = Readonly<Record<RowKey, readonly string[]>>;

/**
 * Puts pseudonyms in place of numbers in every column of the ledger, in rows of a call.
 * @param accountSid `client` sees this account
 */
export async function scrubRowsOf(
  client: ClientBase,
  accountSid: string,
  of: RowsOf,
  replacements: Replacements,
): Promise<void> {
  for (const table of await scrubTables(client)) {
    for (const key of table.keys) {
      if (of[key].length === 0) continue;
      const { rows } = await client.query<QueryResultRow>(
        `select * from ${table.name} where account_sid = $1 and ${key} = any($2) for no key update`,
        [accountSid, of[key]],
      );
      for (const row of rows) await scrubRow(client, accountSid, table, row, replacements);
    }
  }
  await scrubOutbox(client, [...of.call_sid, ...of.recording_sid, ...of.conference_sid], replacements);
}

/** Rows in one page of those that are about no call. */
const PAGE = 500;

/** The same in rows that name neither a call nor a recording nor a conference, such as alerts about none of them. */
export async function scrubLooseRows(client: ClientBase, accountSid: string, replacements: Replacements) {
  for (const table of await scrubTables(client)) {
    const isLoose = ROW_KEYS.filter((key) => table.keys.includes(key)).map((key) => `${key} is null`);
    const place = `(${table.primaryKey.join(', ')})`;
    for (let after: unknown[] | undefined, more = true; more; ) {
      const bounds = table.primaryKey.map((_, index) => `$${index + 2}`).join(', ');
      const { rows } = await client.query<QueryResultRow>(
        `select * from ${table.name} where account_sid = $1 and ${isLoose.join(' and ')}
         ${after === undefined ? '' : `and ${place} > (${bounds})`} order by ${table.primaryKey.join(', ')} limit ${PAGE}`,
        [accountSid, ...(after ?? [])],
      );
      for (const row of rows) await scrubRow(client, accountSid, table, row, replacements);
      after = table.primaryKey.map((column) => rows.at(-1)?.[column]);
      more = rows.length === PAGE;
    }
  }
}

async function scrubRow(
  client: ClientBase,
  accountSid: string,
  { name, primaryKey, texts }: ScrubTable,
  row: QueryResultRow,
  replacements: Replacements,
): Promise<void> {
  const changed: Record<string, unknown> = {};
  for (const { name: column, kind } of texts) {
    const value: unknown = row[column];
    const scrubbed = withoutNumbers(value, replacements);
    if (JSON.stringify(scrubbed) === JSON.stringify(value)) continue;
    changed[column] = kind === 'json' ? JSON.stringify(scrubbed) : scrubbed;
  }
  if (Object.keys(changed).length === 0) return;
  const key: Columns = Object.fromEntries(primaryKey.map((column) => [column, row[column]]));
  await updateRow(client, name, key, changed);
  // The answer's id is the event's: were it to come again, it must be known by the id that it is given then.
  if (typeof row.consent_id === 'string' && typeof changed.consent_id === 'string') {
    await client.query('update messaging.processed_events set id = $3 where source = $1 and id = $2', [
      `/accounts/${accountSid}`,
      row.consent_id,
      changed.consent_id,
    ]);
  }
}

/** What is committed and not published yet: an answer that was sent to the records API names its party. */
async function scrubOutbox(client: ClientBase, keys: readonly string[], replacements: Replacements): Promise<void> {
  const { rows } = await client.query<{ position: bigint; event: unknown }>(
    'select position, event from messaging.outbox where key = any($1) for update',
    [keys],
  );
  for (const { position, event } of rows) {
    const scrubbed = JSON.stringify(withoutNumbers(event, replacements));
    if (scrubbed === JSON.stringify(event)) continue;
    await client.query('update messaging.outbox set event = $2 where position = $1', [position, scrubbed]);
  }
}
