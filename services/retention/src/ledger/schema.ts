import { join } from 'node:path';
import type { Schema } from '@onrecord/shared/postgres/migrate';

/**
 * The tables of the ledger, for `migrate`. An owner who is no superuser is held to the tenants' policies as well, and a migration that
 * changes rows would find none: the policies are lifted for it within its transaction. Afterwards every table must have them.
 */
export const ledgerSchema: Schema = {
  component: 'ledger',
  directory: join(import.meta.dirname, '../../migrations'),
  before: `do $$ declare protected regclass; begin
    for protected in
      select oid from pg_class where relnamespace = to_regnamespace('ledger') and relkind in ('r', 'p') and relforcerowsecurity
    loop
      execute format('alter table %s no force row level security', protected);
    end loop;
  end $$`,
  after: `do $$ declare found record; begin
    for found in
      select oid::regclass as name, relrowsecurity as is_protected from pg_class
      where relnamespace = 'ledger'::regnamespace and relkind in ('r', 'p')
    loop
      if not found.is_protected then
        raise exception 'the table % has no tenants: let its migration call ledger.protect', found.name;
      end if;
      -- Decision 71: its owner searches it for the application, by the same setting.
      continue when found.name::text = 'ledger.transcript_texts';
      execute format('alter table %s force row level security', found.name);
    end loop;
  end $$`,
};
