-- The retention period, in milliseconds, that delete_after was planned with; null where it does not depend on it. Rows that were
-- planned with another one than is configured now are planned again.
alter table ledger.recordings add column planned_period_ms double precision;
-- 0 is no period: which one these were planned with is not known, and cleared ones that were never archived had no plan at all.
update ledger.recordings set planned_period_ms = 0
where delete_cause = 'schedule' or (delete_after is null and state in ('cleared', 'archive-failed'));
create index recordings_to_plan on ledger.recordings (account_sid, planned_period_ms) where planned_period_ms is not null;
