-- On a connection that had never named an account, the comparison with what it named was null, and hid nothing of any.
create or replace function ledger.search_transcripts(
  of_account text, wanted tsquery, since timestamptz, until timestamptz,
  after_began timestamptz, after_sid text, identities text[], at_most integer
) returns table (recording_sid text, began_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
  if of_account <> all (string_to_array(coalesce(current_setting('onrecord.accounts', true), ''), ',')) then return; end if;
  return query
    select found.recording_sid, found.began_at
    from ledger.transcript_texts found
    where found.words @@ wanted and found.account_sid = of_account
      and (since is null or found.began_at >= since) and (until is null or found.began_at < until)
      and (after_began is null or (found.began_at, found.recording_sid) < (after_began, after_sid))
      and (identities is null or found.recording_sid in (select ledger.own_recordings(of_account, identities)))
      and exists (
        select from ledger.recordings recording
        join ledger.decisions decided using (account_sid, recording_sid, decision)
        where recording.account_sid = found.account_sid and recording.recording_sid = found.recording_sid
          and recording.state not in ('deleting', 'deleted') and 'transcribe' = any (decided.purposes)
      )
    order by found.began_at desc, found.recording_sid desc
    limit at_most;
end
$$;

create or replace function ledger.search_query(of_account text, asked text) returns tsquery
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  whole tsquery;
  part tsquery;
  current text;
begin
  if of_account <> all (string_to_array(coalesce(current_setting('onrecord.accounts', true), ''), ',')) then return null; end if;
  select min(config) into current from ledger.transcript_texts where account_sid = of_account;
  while current is not null loop
    part := websearch_to_tsquery(current::regconfig, asked);
    -- 'T' is what is left for the index of a search for nothing but what is not said.
    if numnode(part) > 0 and querytree(part) <> 'T' then
      part := part && quote_literal('@' || current)::tsquery;
      whole := coalesce(whole || part, part);
    end if;
    select min(config) into current from ledger.transcript_texts where account_sid = of_account and config > current;
  end loop;
  return whole && quote_literal('@' || of_account)::tsquery;
end
$$;
