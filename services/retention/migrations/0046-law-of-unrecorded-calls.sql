-- By which rule a leg without recordings was judged when its number was replaced: nothing else tells it afterwards.
alter table ledger.calls add column policy_rule text;

-- The first statutory minimum to end of those that keep numbers of an erasure's calls: when, and which law.
alter table ledger.erasures
  add column legs_kept_until timestamptz,
  add column legs_kept_for   text,
  add check ((legs_kept_until is null) = (legs_kept_for is null));
