-- Rows of a table are seen and written only by a transaction that names their account in the setting onrecord.accounts, a list with
-- commas; without it there are none. FORCE holds the owner to it as well; a superuser is never held, so the application is none.
-- The subselect is read once for a statement; in place of it, the list would be taken apart for every row.
-- What the application role may do to the table is kept as the policy's comment; it is granted at start.
create function ledger.protect(table_name text, privileges text default 'select, insert, update, delete') returns void
language plpgsql as $$
declare
  target constant regclass := case when table_name like '%.%' then table_name else 'ledger.' || table_name end;
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy tenant on %s using (
    account_sid = any ((select string_to_array(current_setting(''onrecord.accounts'', true), '',''))::text[])
  )', target);
  execute format('comment on policy tenant on %s is %L', target, privileges);
end
$$;

create function ledger.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '%.% is append-only: % is refused', tg_table_schema, tg_table_name, lower(tg_op)
    using errcode = 'insufficient_privilege';
end
$$;

-- A protected table whose rows are written once: the application may only add, and the owner's slips are refused as well.
create function ledger.protect_log(table_name text) returns void
language plpgsql as $$
declare
  target constant regclass := case when table_name like '%.%' then table_name else 'ledger.' || table_name end;
begin
  perform ledger.protect(table_name, 'select, insert');
  execute format('create trigger refuse_change before update or delete on %s
    for each row execute function ledger.refuse_change()', target);
  execute format('create trigger refuse_truncate before truncate on %s
    for each statement execute function ledger.refuse_change()', target);
end
$$;

-- What happened, one row an effect, written in the effect's transaction. `body` is the exact text, as canonical JSON, that a log over
-- these rows hashes. `position` counts the entries of the account from 0 without gaps; it is given when the row is committed.
create table ledger.audit_entries (
  account_sid   text not null,
  entry_id      bigint generated always as identity,
  position      bigint,
  at            timestamptz not null,
  kind          text not null,
  recording_sid text,
  body          bytea not null,
  primary key (account_sid, entry_id)
);
create unique index audit_entries_by_position on ledger.audit_entries (account_sid, position) where position is not null;
create index audit_entries_to_place on ledger.audit_entries (account_sid, entry_id) where position is null;
create index audit_entries_by_recording on ledger.audit_entries (account_sid, recording_sid, position) where recording_sid is not null;
select ledger.protect('ledger.audit_entries', 'select, insert');
create trigger refuse_delete before delete on ledger.audit_entries
  for each row execute function ledger.refuse_change();
create trigger refuse_truncate before truncate on ledger.audit_entries
  for each statement execute function ledger.refuse_change();
-- The one change there is: a place, once.
create trigger refuse_update before update on ledger.audit_entries for each row
  when (
    old.position is not null
    or (new.account_sid, new.entry_id, new.at, new.kind, new.recording_sid, new.body)
      is distinct from (old.account_sid, old.entry_id, old.at, old.kind, old.recording_sid, old.body)
  ) execute function ledger.refuse_change();

-- An entry is added without a place; whoever adds it and chooses one is refused.
create trigger refuse_place before insert on ledger.audit_entries for each row
  when (new.position is not null) execute function ledger.refuse_change();

-- Gives the committed entries of an account their places, in the order in which they were added; at most 10,000. One transaction at a
-- time: a place is never seen before the one ahead of it, and never given twice. It runs as the owner, since the application cannot
-- update the table, and sees no more than the caller's onrecord.accounts.
create function ledger.place_audit_entries(of_account text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  first_free bigint;
  placed integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('ledger.audit_entries ' || of_account, 0));
  -- A statement of its own, so that it sees what was committed while the lock was waited for.
  select coalesce(max(position) + 1, 0) into first_free from ledger.audit_entries
    where account_sid = of_account and position is not null;
  update ledger.audit_entries entry set position = first_free + waiting.n
  from (
    select entry_id, row_number() over (order by entry_id) - 1 as n from ledger.audit_entries
    where account_sid = of_account and position is null order by entry_id limit 10000
  ) waiting
  where entry.account_sid = of_account and entry.entry_id = waiting.entry_id;
  get diagnostics placed = row_count;
  return placed;
end
$$;
