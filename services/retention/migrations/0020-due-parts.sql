-- When the first class of a recording's data is to go by itself, before the whole of it.
alter table ledger.recordings add column part_due_at timestamptz;
create index recordings_with_due_parts on ledger.recordings (account_sid, part_due_at) where part_due_at is not null;
