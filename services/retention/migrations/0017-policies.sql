-- Policies as they were drafted, one row a version; a version that holds or held never changes.
create table ledger.policies (
  account_sid   text not null,
  name          text not null,
  version       integer not null check (version > 0),
  state         text not null default 'draft' check (state in ('draft', 'active', 'superseded')),
  -- What plans carry that were made by it.
  mark          text not null,
  -- As it was sent, and as it was read.
  source        text not null,
  document      jsonb not null,
  drafted_at    timestamptz not null,
  drafted_by    jsonb not null,
  activated_at  timestamptz,
  activated_by  jsonb,
  superseded_at timestamptz,
  primary key (account_sid, name, version),
  unique (account_sid, mark),
  check ((state = 'draft') = (activated_at is null)),
  check ((state = 'superseded') = (superseded_at is not null))
);
-- One at a time; without one, the built-in policy holds.
create unique index policies_active on ledger.policies (account_sid) where state = 'active';
create index policies_by_age on ledger.policies (account_sid, drafted_at desc, name, version);
select ledger.protect('ledger.policies', 'select, insert, update');

create function ledger.refuse_policy_change() returns trigger language plpgsql as $$
begin
  raise exception 'a version of a policy never changes: draft another one' using errcode = 'insufficient_privilege';
end
$$;
create trigger refuse_change before update on ledger.policies for each row
  when (
    (old.account_sid, old.name, old.version, old.mark, old.source, old.document, old.drafted_at, old.drafted_by)
      is distinct from (new.account_sid, new.name, new.version, new.mark, new.source, new.document, new.drafted_at, new.drafted_by)
    or (old.activated_at is not null and (old.activated_at, old.activated_by) is distinct from (new.activated_at, new.activated_by))
    or not ((old.state, new.state) in (('draft', 'active'), ('active', 'superseded')))
  ) execute function ledger.refuse_policy_change();
create trigger refuse_delete before delete on ledger.policies
  for each row execute function ledger.refuse_policy_change();
create trigger refuse_truncate before truncate on ledger.policies
  for each statement execute function ledger.refuse_change();

-- What a user calls a call or a conference; policies select by it.
create table ledger.tags (
  account_sid text not null,
  -- Of a call or a conference.
  subject_sid text not null,
  tags        text[] not null,
  set_at      timestamptz not null,
  primary key (account_sid, subject_sid)
);
select ledger.protect('ledger.tags');

-- Of the policy's rules, the one that fitted.
alter table ledger.decisions add column policy_rule text;
