-- For how long the oldest deletion that is not completed has been open.
create index deletions_open on ledger.deletions (account_sid, started_at) where completed_at is null;
