-- What was agreed to by whom, for how long, and where that can be heard or read.
alter table ledger.consents
  add column number text,
  add column proof jsonb,
  add column expires_at timestamptz,
  drop constraint consents_outcome_check,
  drop constraint consents_check,
  add constraint consents_outcome_check check (outcome in ('granted', 'refused', 'withdrawn')),
  add constraint consents_check check (num_nonnulls(call_sid, conference_sid, number) > 0);
create index consents_by_number on ledger.consents (account_sid, number) where number is not null;
create index consents_by_time on ledger.consents (account_sid, recorded_at desc, consent_id desc);

-- Which calls an answer by number bears on.
create index calls_by_from_number on ledger.calls (account_sid, from_number) where from_number is not null;
create index calls_by_to_number on ledger.calls (account_sid, to_number) where to_number is not null;

-- What was asked for before the recording could be kept, and by whose law: mode, requirement, place, citation, version of the rules.
alter table ledger.decisions add column basis jsonb;
