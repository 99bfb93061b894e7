-- Set when a sweep failed on this recording alone: none takes it before then, so that it is not in the way of the others.
alter table ledger.recordings add column sweep_after timestamptz;
