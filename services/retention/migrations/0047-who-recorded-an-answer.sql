-- Whose token recorded an answer, so that the certificate of a deletion that follows from it names them; null where a call's own prompt
-- did, and of the answers before.
alter table ledger.consents add column recorded_by jsonb;
