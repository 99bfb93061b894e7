import type { ClientBase } from 'pg';

/** What rows of facts are found by. */
export const ROW_KEYS = ['call_sid', 'recording_sid', 'conference_sid'] as const;
export type RowKey = (typeof ROW_KEYS)[number];

/** A table of the ledger in which numbers can stand. */
export interface ScrubTable {
  /** With its schema, ready for a statement. */
  name: string;
  keys: readonly RowKey[];
  primaryKey: readonly string[];
  /** Columns with text in them, in whatever form; SIDs have none. */
  texts: readonly { name: string; kind: 'text' | 'texts' | 'json' }[];
}

/**
 * Every table with facts about calls, recordings or conferences that may be changed, as the database has it: a table or a column that is
 * added later is looked into without being named here. The audit log cannot be changed, and has pseudonyms from the start. A hold keeps
 * the number that it selects by while it stands, and loses it with its release.
 */
export async function scrubTables(client: Pick<ClientBase, 'query'>): Promise<ScrubTable[]> {
  const { rows } = await client.query<ScrubTable>(
    `select quote_ident(space.nspname) || '.' || quote_ident(class.relname) as name,
       array(
         select attname::text from pg_attribute where attrelid = class.oid and not attisdropped and attname = any($1)
       ) as keys,
       array(
         select attname::text from pg_index join pg_attribute on attrelid = indrelid and attnum = any(indkey)
         where indrelid = class.oid and indisprimary order by array_position(indkey::int2[], attnum)
       ) as "primaryKey",
       coalesce((
         select jsonb_agg(jsonb_build_object('name', attname, 'kind', case
           when atttypid in ('json'::regtype, 'jsonb'::regtype) then 'json'
           when atttypid = 'text[]'::regtype then 'texts' else 'text' end) order by attnum)
         from pg_attribute where attrelid = class.oid and attnum > 0 and not attisdropped and attname not like '%\\_sid'
           and (relname, attname) <> ('holds', 'number')
           and atttypid in ('text'::regtype, 'varchar'::regtype, 'text[]'::regtype, 'json'::regtype, 'jsonb'::regtype)
       ), '[]') as texts
     from pg_class class join pg_namespace space on space.oid = relnamespace
     where nspname = 'ledger' and relkind = 'r' and has_table_privilege(class.oid, 'update')
       and relname not like 'erasure\\_%' and relname <> 'call_numbers'
     order by relname`,
    [ROW_KEYS],
  );
  return rows.filter(({ keys, texts }) => keys.length > 0 && texts.length > 0);
}
