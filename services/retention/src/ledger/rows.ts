import type { ClientBase, QueryResultRow } from 'pg';

/** Column values by column name. `undefined` is written as null. Names come from this code alone, never from input. */
export type Columns = Readonly<Record<string, unknown>>;

/** @returns false where a row with this key exists; it is left as it is */
export async function insertIfNew(client: ClientBase, table: string, columns: Columns): Promise<boolean> {
  const names = Object.keys(columns);
  const places = names.map((_, index) => `$${index + 1}`);
  const { rowCount } = await client.query(
    `insert into ${table} (${names.join(', ')}) values (${places.join(', ')}) on conflict do nothing`,
    Object.values(columns),
  );
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
  await client.query(`update ${table} set ${assignments.join(', ')} where ${conditions.join(' and ')}`, [
    ...Object.values(columns),
    ...Object.values(key),
  ]);
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
