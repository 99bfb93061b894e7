-- What goes, where it is not the whole recording.
alter table ledger.deletions
  add column classes text[] check (cardinality(classes) > 0),
  -- When its folders, looked at once more, were found empty.
  add column looked_again_at timestamptz,
  -- Until when Twilio goes on showing the metadata of what it deleted, and the looks at it: [{residue, checkedAt, outcome}].
  add column source_metadata_until timestamptz,
  add column residue_checks jsonb not null default '[]';

update ledger.deletions set looked_again_at = completed_at + interval '24 hours'
where completed_at is not null and next_attempt_at is null;

-- Of deletions before this, too, it is looked whether Twilio kept its word: 40 days after it said that the recording was gone.
update ledger.deletions set source_metadata_until = source_confirmed_at + interval '40 days'
where completed_at is not null and source_outcome = 'deleted';
update ledger.deletions finished set next_attempt_at = source_metadata_until
where looked_again_at is not null and source_metadata_until is not null and not exists (
  select from ledger.deletions later
  where (later.account_sid, later.recording_sid) = (finished.account_sid, finished.recording_sid)
    and later.deletion > finished.deletion
);
