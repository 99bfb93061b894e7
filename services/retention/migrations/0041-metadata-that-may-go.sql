-- Nothing of what is not due by the date on record, of what is still being deleted, or of a call that is held goes, whoever asks.
create or replace function ledger.forget_recording(of_account text, of_recording text, forgotten_at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if of_account <> all (string_to_array(coalesce(current_setting('onrecord.accounts', true), ''), ',')) then
    raise exception 'not an account of this transaction' using errcode = 'insufficient_privilege';
  end if;
  update ledger.recordings set
    twilio_status = 'deleted', state = 'deleted', recording_source = null, channels = null, track = null,
    duration_seconds = null, started_at = null, error_code = null, reported_at = first_seen_at, learned_at = first_seen_at,
    delete_after_override = null, override_by = null, decision = null, review_at = null, delete_after = null,
    delete_cause = null, planned_with = null, sweep_after = null, policy_rule = null, part_due_at = null,
    numbers_due_at = null, metadata_due_at = null, metadata_removed_at = forgotten_at
  where account_sid = of_account and recording_sid = of_recording and not is_held and metadata_removed_at is null
    and metadata_due_at <= forgotten_at and state in ('deleted', 'absent', 'failed')
    and not exists (
      select from ledger.deletions where account_sid = of_account and recording_sid = of_recording and completed_at is null
    );
  if not found then
    raise exception 'the metadata of % are not due', of_recording using errcode = 'insufficient_privilege';
  end if;
  delete from ledger.transcript_texts where account_sid = of_account and recording_sid = of_recording;
  delete from ledger.transcripts where account_sid = of_account and recording_sid = of_recording;
  delete from ledger.archives where account_sid = of_account and recording_sid = of_recording;
  delete from ledger.objects where account_sid = of_account and recording_sid = of_recording;
  delete from ledger.failures where account_sid = of_account and recording_sid = of_recording;
  delete from ledger.decisions where account_sid = of_account and recording_sid = of_recording;
  delete from ledger.alerts where account_sid = of_account and resource_sid = of_recording;
end
$$;

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
  -- Of a number, a party or a period, what it covers is judged by who asks for this.
  if exists (
    select from ledger.holds
    where account_sid = of_account and released_at is null and cardinality(legs) > 0
      and (call_sid = any (legs) or (call_sid is null and whole_account))
      and recording_sid is null and number is null and party is null and covers_from is null and covers_until is null
  ) then
    raise exception 'a hold covers the call' using errcode = 'insufficient_privilege';
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
