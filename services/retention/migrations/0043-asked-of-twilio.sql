-- Right before Twilio is asked to delete its record of a leg, under no hold; null again once the record was seen to be there under one.
alter table ledger.erasure_calls add column asked_at timestamptz;
