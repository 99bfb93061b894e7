-- By which spellings somebody is found in what is told of a leg who refused by number: in a SIP address, without its plus, as it is dialled
-- within its country. Keyed stand-ins, as those of legs; they outlive the number, as the refusal does.
create table ledger.refused_numbers (
  account_sid text not null references ledger.accounts,
  spelling    text not null,
  person      text not null,
  primary key (account_sid, spelling, person)
);
select ledger.protect('ledger.refused_numbers', 'select, insert');

-- Refusals of before: the sweeper notes their spellings once, and has the recordings decided on again that they bear on.
alter table ledger.consents add column spellings_noted boolean not null default false;
create index refusals_to_note on ledger.consents (account_sid, consent_id)
  where number is not null and outcome <> 'granted' and not spellings_noted;
