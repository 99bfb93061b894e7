/**
 * SQL for the earliest moment at which anything of the account `known` is due, each part by its index; null where nothing will be. Calls
 * whose metadata were never looked at are left out: a policy alone says when they are due.
 */
export const EARLIEST_DUE = `least(
  (select min(review_at) from ledger.recordings where account_sid = known.account_sid and review_at is not null),
  (select min(delete_after) from ledger.recordings where account_sid = known.account_sid and delete_after is not null),
  (select min(numbers_due_at) from ledger.recordings where account_sid = known.account_sid and numbers_due_at is not null),
  (select min(metadata_due_at) from ledger.recordings where account_sid = known.account_sid and metadata_due_at is not null),
  (select min(part_due_at) from ledger.recordings where account_sid = known.account_sid and part_due_at is not null),
  (select min(next_attempt_at) from ledger.deletions where account_sid = known.account_sid and next_attempt_at is not null),
  (select min(next_look_at) from ledger.erasures where account_sid = known.account_sid and next_look_at is not null),
  (select min(next_attempt_at) from ledger.erasure_calls where account_sid = known.account_sid and next_attempt_at is not null),
  (select min(metadata_look_at) from ledger.calls where account_sid = known.account_sid and metadata_look_at < 'infinity')
)`;
