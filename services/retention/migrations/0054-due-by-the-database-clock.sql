-- Whether the date on record has come was judged by the time that was given: one far ahead had everything go. The database has a clock of
-- its own.
create or replace function ledger.forget_recording(of_account text, of_recording text, forgotten_at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  -- As far apart as clocks are that are set at all.
  at_most constant timestamptz := least(forgotten_at, clock_timestamp() + interval '5 minutes');
begin
  if of_account <> all (string_to_array(coalesce(current_setting('onrecord.accounts', true), ''), ',')) then
    raise exception 'not an account of this transaction' using errcode = 'insufficient_privilege';
  end if;
  -- A state that allows this is also one that Twilio can report.
  update ledger.recordings set
    twilio_status = state, recording_source = null, channels = null, track = null,
    duration_seconds = null, started_at = null, error_code = null, reported_at = first_seen_at, learned_at = first_seen_at,
    delete_after_override = null, override_by = null, decision = null, review_at = null, delete_after = null,
    delete_cause = null, planned_with = null, sweep_after = null, policy_rule = null, part_due_at = null,
    numbers_due_at = null, metadata_due_at = null, metadata_removed_at = at_most
  where account_sid = of_account and recording_sid = of_recording and not is_held and metadata_removed_at is null
    and metadata_due_at <= at_most and state in ('deleted', 'absent', 'failed')
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
