-- The policy by whose period a deletion began, and the erasure that it carries out: its certificate names them. Not kept of those before.
alter table ledger.deletions
  add column policy jsonb,
  add column erasure_id text;
