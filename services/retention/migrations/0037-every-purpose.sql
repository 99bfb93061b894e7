-- What anybody may do with a recording, each purpose with the moment until when; null on decisions of before.
-- And the clearance that a decision leaves to be carried out as it is, as its number and moment.
alter table ledger.decisions add column consented jsonb, add column continues jsonb;
