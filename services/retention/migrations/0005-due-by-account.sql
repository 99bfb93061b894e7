-- The sweeper, too, looks for what is due of one account.
drop index ledger.recordings_to_review;
drop index ledger.recordings_to_delete;
drop index ledger.deletions_to_attempt;
create index recordings_to_review on ledger.recordings (account_sid, review_at) where review_at is not null;
create index recordings_to_delete on ledger.recordings (account_sid, delete_after) where delete_after is not null;
create index deletions_to_attempt on ledger.deletions (account_sid, next_attempt_at) where next_attempt_at is not null;
