-- An owner who is a superuser is held by no policy, and so was this function of its: it compares the accounts itself.
create or replace function ledger.place_audit_entries(of_account text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  first_free bigint;
  placed integer;
begin
  if of_account <> all (string_to_array(coalesce(current_setting('onrecord.accounts', true), ''), ',')) then
    return 0;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('ledger.audit_entries ' || of_account, 0));
  -- A statement of its own, so that it sees what was committed while the lock was waited for.
  select coalesce(max(position) + 1, 0) into first_free from ledger.audit_entries
    where account_sid = of_account and position is not null;
  update ledger.audit_entries entry set position = first_free + waiting.n
  from (
    select entry_id, row_number() over (order by entry_id) - 1 as n from ledger.audit_entries
    where account_sid = of_account and position is null order by entry_id limit 10000
  ) waiting
  where entry.account_sid = of_account and entry.entry_id = waiting.entry_id;
  get diagnostics placed = row_count;
  return placed;
end
$$;
