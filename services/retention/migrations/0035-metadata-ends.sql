-- What is known of a recording goes when the period of its metadata is over. Its row stays, with its SIDs and nothing told of it: what comes
-- again is known by it. Deletions and their certificates are evidence and stay.
alter table ledger.recordings
  add column metadata_due_at timestamptz,
  add column metadata_removed_at timestamptz;
create index recordings_with_due_metadata on ledger.recordings (account_sid, metadata_due_at) where metadata_due_at is not null;
-- What is deleted has an end of its metadata now: everything is planned again.
update ledger.recordings set planned_with = '';

-- Calls and conferences of which nothing is known any more: what comes late of them is not written.
create table ledger.removed_calls (
  account_sid text not null references ledger.accounts,
  subject_sid text not null,
  removed_at  timestamptz not null,
  primary key (account_sid, subject_sid)
);
select ledger.protect('ledger.removed_calls', 'select, insert');

-- When a leg whose period may be over is looked at again; null before the first look, infinity where its recordings decide.
alter table ledger.calls add column metadata_look_at timestamptz;
create index calls_to_forget on ledger.calls (account_sid, status_at) where metadata_look_at is null;
create index calls_to_forget_later on ledger.calls (account_sid, metadata_look_at) where metadata_look_at is not null;

-- The application may not delete decisions, answers and objects by itself; these take them with everything else, under conditions.
create function ledger.forget_recording(of_account text, of_recording text, forgotten_at timestamptz) returns void
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
    and metadata_due_at is not null and state in ('deleted', 'absent', 'failed');
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

create function ledger.forget_calls(of_account text, legs text[], conferences text[], forgotten_at timestamptz) returns void
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
  delete from ledger.participants where account_sid = of_account and call_sid = any (legs);
  delete from ledger.call_numbers where account_sid = of_account and call_sid = any (legs);
  delete from ledger.call_statuses where account_sid = of_account and call_sid = any (legs);
  delete from ledger.calls where account_sid = of_account and call_sid = any (legs);
end
$$;
