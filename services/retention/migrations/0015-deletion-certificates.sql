-- Who asked for a deletion: {kind, id, role}. Of those before, it was not kept.
alter table ledger.deletions add column requested_by jsonb;
-- Who set the date in delete_after_override.
alter table ledger.recordings add column override_by jsonb;

-- One for each completed deletion, written in the transaction that completes it. `body` is the exact text, as canonical JSON.
create table ledger.deletion_certificates (
  account_sid   text not null,
  recording_sid text not null,
  deletion      integer not null,
  issued_at     timestamptz not null,
  body          text not null,
  primary key (account_sid, recording_sid, deletion),
  foreign key (account_sid, recording_sid, deletion) references ledger.deletions
);
select ledger.protect_log('ledger.deletion_certificates');

-- For lists: newest first.
create index deletions_by_age on ledger.deletions (account_sid, started_at desc, recording_sid desc, deletion desc);
