-- What the provider charges, as the event says it: {isKnown, amount, currency, …} or {isKnown, reason}; and what it may charge besides.
alter table ledger.transcripts add column cost jsonb, add column uncertain_seconds double precision;
