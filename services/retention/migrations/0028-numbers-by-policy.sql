-- Which rule of its policy fits a recording, as long as its numbers told; and when these are replaced by pseudonyms.
alter table ledger.recordings
  add column policy_rule text,
  add column numbers_due_at timestamptz,
  add column numbers_replaced_at timestamptz;
create index recordings_with_due_numbers on ledger.recordings (account_sid, numbers_due_at) where numbers_due_at is not null;
-- What stands is planned again once, with both.
update ledger.recordings set planned_with = '' where planned_with is not null;
