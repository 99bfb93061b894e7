-- Since when a recording is cleared to be stored, where an erasure has called its transcription off: what a law counts from that goes on counting.
alter table ledger.decisions add column cleared_at timestamptz;
