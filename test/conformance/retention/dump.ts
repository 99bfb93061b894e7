import type { Pool } from '@onrecord/shared/postgres/pool';

/** Every row of every table that is not the database's own, as text, with its table before it. */
async function* dump(pool: Pool): AsyncGenerator<{ table: string; text: string }> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1`,
  );
  for (const { name } of tables) {
    // Bytes are shown as text: events are in them.
    const { rows: columns } = await pool.query<{ column: string; type: string }>(
      `select quote_ident(attname) as column, format_type(atttypid, null) as type from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
      [name],
    );
    const texts = columns.map(({ column, type }) =>
      type === 'bytea' ? `convert_from(${column}, 'UTF8')` : `coalesce(${column}::text, '')`,
    );
    const { rows } = await pool.query<{ text: string }>(
      `select concat_ws(' | ', ${texts.join(', ')}) as text from ${name}`,
    );
    for (const { text } of rows) yield { table: name, text };
  }
}

/** The tables in which any of these spellings stands, with one row of each. */
export async function tablesWith(pool: Pool, spellings: readonly string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { table, text } of dump(pool)) {
    if (spellings.some((spelling) => text.includes(spelling))) found[table] ??= text;
  }
  return found;
}
