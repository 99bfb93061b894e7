-- Newest first, after a place where it is given; of calls alone that somebody of the identities was on. Found is what may be read now: cleared for
-- transcription, and not on its way out. Whether an erasure keeps it from whoever asks is judged of each hit by the reader, as of a transcript that is
-- asked for: it depends on who was on the call and on the policy, and holds from the commit of the request on.
create or replace function ledger.search_transcripts(
  of_account text, wanted tsquery, since timestamptz, until timestamptz,
  after_began timestamptz, after_sid text, identities text[], at_most integer
) returns table (recording_sid text, began_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
  if not of_account = any (string_to_array(current_setting('onrecord.accounts', true), ',')) then return; end if;
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
