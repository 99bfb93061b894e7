-- Each erasure keeps the names of its subject: a later one of the same person, or of another leg of the same call, once took them away,
-- so that the earlier one was completed without its legs, and its residues ended without a look.
alter table ledger.erased_subjects drop constraint erased_subjects_pkey, add primary key (account_sid, name, erasure_id);

-- What was called gone of those that had lost all of their names is looked at again.
update ledger.erasure_residues residue set until = gone_at, gone_at = null, checked_at = null, finding = null
where residue in ('events', 'dead-letters') and gone_at is not null and not exists (
  select from ledger.erased_subjects subject
  where (subject.account_sid, subject.erasure_id) = (residue.account_sid, residue.erasure_id)
);

-- They get their names back.
insert into ledger.erased_subjects (account_sid, name, erasure_id, party, covers_until, last_seen_at)
select own.account_sid, taken.name, own.erasure_id, own.party, own.covers_until, taken.last_seen_at
from ledger.erasures own
join ledger.erased_subjects taken on (taken.account_sid, taken.party) = (own.account_sid, own.party)
on conflict do nothing;

insert into ledger.erased_subjects (account_sid, name, erasure_id, covers_until, last_seen_at)
select own.account_sid, taken.name, own.erasure_id, own.covers_until, taken.last_seen_at
from ledger.erasures own
join ledger.erased_subjects named on (named.account_sid, named.name) = (own.account_sid, own.call_sid)
join ledger.erased_subjects taken
  on (taken.account_sid, taken.erasure_id) = (named.account_sid, named.erasure_id) and taken.party is null
on conflict do nothing;
