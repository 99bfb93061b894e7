-- A recording of a conference that is reported late is not to be cleared without those of whom nothing else is known any more.
create or replace function ledger.forget_calls(of_account text, legs text[], conferences text[], forgotten_at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if of_account <> all (string_to_array(coalesce(current_setting('onrecord.accounts', true), ''), ',')) then
    raise exception 'not an account of this transaction' using errcode = 'insufficient_privilege';
  end if;
  if exists (
    select from ledger.recordings where account_sid = of_account and call_sid = any (legs) and metadata_removed_at is null
    union all
    select from ledger.recordings
    where account_sid = of_account and conference_sid = any (conferences) and metadata_removed_at is null
  ) then
    raise exception 'a recording still needs what is known of its call' using errcode = 'insufficient_privilege';
  end if;
  insert into ledger.removed_calls (account_sid, subject_sid, removed_at)
    select of_account, subject_sid, forgotten_at from unnest(legs || conferences) subject_sid on conflict do nothing;
  -- What somebody said for all calls of a number is not of this call alone.
  delete from ledger.consents where account_sid = of_account and call_sid = any (legs) and number is null;
  delete from ledger.consents where account_sid = of_account and conference_sid = any (conferences) and number is null;
  delete from ledger.alerts where account_sid = of_account and (call_sid = any (legs) or resource_sid = any (legs || conferences));
  delete from ledger.tags where account_sid = of_account and subject_sid = any (legs || conferences);
  -- Of a conference that goes on to be known, that they were in it stays: they may have refused.
  update ledger.participants set label = null where account_sid = of_account and call_sid = any (legs);
  delete from ledger.participants
    where account_sid = of_account and conference_sid = any (conferences)
      and call_sid in (select subject_sid from ledger.removed_calls where account_sid = of_account);
  delete from ledger.call_numbers where account_sid = of_account and call_sid = any (legs);
  delete from ledger.call_statuses where account_sid = of_account and call_sid = any (legs);
  delete from ledger.calls where account_sid = of_account and call_sid = any (legs);
end
$$;
