-- By which version of the rules on places, and of the numbers of places, a recording was last judged; null where its policy asks neither.
alter table ledger.recordings add column rules_version text;
create index recordings_by_rules on ledger.recordings (account_sid, rules_version) where rules_version is not null;
-- What stands was judged by no version that is known, and has its turn once.
update ledger.recordings recording set rules_version = ''
where planned_with is not null and (
  exists (
    select from ledger.decisions decided
    where (decided.account_sid, decided.recording_sid, decided.decision)
        = (recording.account_sid, recording.recording_sid, recording.decision) and basis ->> 'mode' = 'by-rule'
  )
  or account_sid in (select account_sid from ledger.policies where state = 'active' and document::text like '%"jurisdictions"%')
);

-- The settings that what stands is planned by: those of the process that was started last. It belongs to no account.
create table ledger.planning (
  only_one   boolean primary key default true check (only_one),
  settings   jsonb not null,
  started_at timestamptz not null,
  -- When a process with these settings last looked.
  seen_at    timestamptz not null
);
select ledger.protect_directory('ledger.planning', 'select, insert, update');
