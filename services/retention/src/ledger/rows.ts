import type { ClientBase, QueryResultRow } from 'pg';

/** Column values by column name. `undefined` is written as null. Names come from this code alone, never from input. */
export type Columns = Readonly<Record<string, unknown>>;

/** @returns false where a row with this key exists; it is left as it is */
export async function insertIfNew(client: ClientBase, table: string, columns: Columns): Promise<boolean> {
  const names = Object.keys(columns);
  const places = names.map((_, index) => `$${index + 1}`);
  const text = `insert into ${table} (${names.join(', ')}) values (${places.join(', ')}) on conflict do nothing`;
  const { rowCount } = await client.query({ name: nameOf(text), text, values: Object.values(columns) });
  return rowCount === 1;
}

export async function updateRow(
  client: Pick<ClientBase, 'query'>,
  table: string,
  key: Columns,
  columns: Columns,
): Promise<void> {
  const names = Object.keys(columns);
  const assignments = names.map((name, index) => `${name} = $${index + 1}`);
  const conditions = Object.keys(key).map((name, index) => `${name} = $${names.length + index + 1}`);
  const text = `update ${table} set ${assignments.join(', ')} where ${conditions.join(' and ')}`;
  const values = [...Object.values(columns), ...Object.values(key)];
  await client.query({ name: nameOf(text), text, values });
}

const statementNames = new Map<string, string>();

/**
 * The server reads and plans a named statement once for a connection: with the tenants' policy in each, that is most of what a small
 * one costs. As many as this code has, and none that answers with rows, whose columns a migration could change beneath it.
 */
function nameOf(text: string): string {
  const name = statementNames.get(text) ?? `ledger row ${statementNames.size}`;
  statementNames.set(text, name);
  return name;
}

/** The row, locked until the transaction ends. */
export async function lockRow(client: ClientBase, table: string, key: Columns): Promise<QueryResultRow | undefined> {
  const conditions = Object.keys(key).map((name, index) => `${name} = $${index + 1}`);
  const sql = `select * from ${table} where ${conditions.join(' and ')} for no key update`;
  const { rows } = await client.query<QueryResultRow>(sql, Object.values(key));
  return rows[0];
}

/** SQL's null as JavaScript's absence. */
export const optional = <T>(value: T | null): T | undefined => value ?? undefined;
