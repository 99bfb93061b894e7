-- Whose an answer by number is: the pseudonym of the number. It bears on calls whose numbers were replaced, and outlives its own.
alter table ledger.consents add column person text;
update ledger.consents set person = number where number like 'psn\_%';
create index consents_by_person on ledger.consents (account_sid, person) where person is not null;
-- Answers of before: the sweeper finds whose they are once.
create index consents_of_nobody on ledger.consents (account_sid, consent_id) where number is not null and person is null;
