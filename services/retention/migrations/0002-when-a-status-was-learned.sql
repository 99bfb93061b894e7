-- When the ledger learned of the status that stands: what it waits for behind that report counts from here, also after an outage.
alter table ledger.recordings add column learned_at timestamptz;
update ledger.recordings set learned_at = reported_at;
alter table ledger.recordings alter column learned_at set not null;
