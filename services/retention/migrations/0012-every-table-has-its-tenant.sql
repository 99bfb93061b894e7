-- What came before tenants were kept apart.
do $$
declare
  unprotected name;
begin
  for unprotected in
    select relname from pg_class
    where relnamespace = 'ledger'::regnamespace and relkind in ('r', 'p') and not relrowsecurity order by relname
  loop
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
