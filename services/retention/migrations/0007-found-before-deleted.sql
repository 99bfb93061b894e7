-- What an attempt is about to delete is written down before it does: one that is cut off leaves its evidence.
alter table ledger.deletions
  add column objects_found jsonb not null default '[]',
  add column source_seen_at timestamptz;
