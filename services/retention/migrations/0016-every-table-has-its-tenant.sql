-- A table of the installation, whose rows belong to no account: as well protected as the others, and readable without naming one.
create function ledger.protect_directory(table_name text, privileges text) returns void
language plpgsql as $$
declare
  target constant regclass := case when table_name like '%.%' then table_name else 'ledger.' || table_name end;
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy directory on %s using (true)', target);
  execute format('comment on policy directory on %s is %L', target, privileges);
end
$$;

-- What came before tenants were kept apart.
do $$
declare
  unprotected name;
begin
  for unprotected in
    select relname from pg_class
    where relnamespace = 'ledger'::regnamespace and relkind in ('r', 'p') and not relrowsecurity order by relname
  loop
    if unprotected = 'tokens' then
      perform ledger.protect_directory(unprotected::text, 'select, insert, update');
      continue;
    end if;
    perform ledger.protect(unprotected::text, case
      when unprotected = 'accounts' then 'select, insert'
      -- Evidence: it is completed, and never removed.
      when unprotected in ('consents', 'decisions', 'deletions', 'objects') then 'select, insert, update'
      else 'select, insert, update, delete'
    end);
  end loop;
end
$$;

-- Which accounts there are is where the work for all of them begins; of what they have it says nothing.
create policy directory on ledger.accounts for select using (true);
