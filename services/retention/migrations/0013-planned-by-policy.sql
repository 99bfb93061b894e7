-- Which policy delete_after was planned by; null where nothing is planned any more. Rows that carry another mark than their account's
-- present policy are planned again. An empty one is nobody's: those that were planned with a period alone have their turn at once.
alter table ledger.recordings add column planned_with text;
update ledger.recordings recording set planned_with = '' where not exists (
  select from ledger.deletions where (account_sid, recording_sid) = (recording.account_sid, recording.recording_sid)
);
drop index ledger.recordings_to_plan;
alter table ledger.recordings drop column planned_period_ms;
create index recordings_to_plan on ledger.recordings (account_sid, planned_with) where planned_with is not null;
