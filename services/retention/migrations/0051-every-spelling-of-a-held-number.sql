-- A hold on a number selects by the stand-ins of all of its spellings, as an erasure does; they outlive the number. Holds of before are given
-- theirs when they are gone through, which is now: their number may stand in a SIP address, a label or a parameter of what is known.
alter table ledger.holds add column names text[];
update ledger.holds set names = subject.names
  from (
    select account_sid, party, array_agg(name order by name) as names from ledger.erased_subjects
    where party is not null group by account_sid, party
  ) subject
  where (holds.account_sid, holds.party) = (subject.account_sid, subject.party);
update ledger.holds set spread_after = '', spread_due_at = now() where released_at is null and party is not null;
