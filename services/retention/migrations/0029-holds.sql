create table ledger.matters (
  account_sid text not null references ledger.accounts,
  matter_id   text not null,
  name        text not null,
  opened_by   text not null,
  opened_at   timestamptz not null,
  primary key (account_sid, matter_id)
);

create table ledger.holds (
  account_sid          text not null,
  hold_id              text not null,
  matter_id            text not null,
  -- What it selects: what fits every one that is set. A number is kept while the hold stands, its pseudonym for good.
  recording_sid        text,
  call_sid             text,
  number               text,
  party                text,
  whole_account        boolean not null,
  covers_from          timestamptz,
  covers_until         timestamptz,
  reason               text,
  placed_by            text not null,
  placed_at            timestamptz not null,
  release_requested_by text,
  release_requested_at timestamptz,
  release_reason       text,
  released_by          text,
  released_at          timestamptz,
  -- The recordings that were known when it was placed or released are gone through in pages: how far, and when the next page is due.
  spread_after         text,
  spread_due_at        timestamptz,
  primary key (account_sid, hold_id),
  foreign key (account_sid, matter_id) references ledger.matters,
  check (
    whole_account or recording_sid is not null or call_sid is not null or party is not null
    or covers_from is not null or covers_until is not null
  ),
  check (covers_from < covers_until)
);
create index holds_standing on ledger.holds (account_sid) where released_at is null;
create index holds_by_matter on ledger.holds (account_sid, matter_id, placed_at desc, hold_id desc);
create index holds_by_age on ledger.holds (account_sid, placed_at desc, hold_id desc);
create index holds_to_spread on ledger.holds (account_sid, spread_due_at) where spread_due_at is not null;

-- What a hold covers or covered. Whether it still does is said by the hold.
create table ledger.hold_recordings (
  account_sid   text not null,
  hold_id       text not null,
  recording_sid text not null,
  covered_at    timestamptz not null,
  -- Where a deletion had begun before: when to look what it left, and what was gone.
  settle_due_at timestamptz,
  settled_at    timestamptz,
  objects_gone  jsonb not null default '[]',
  objects_kept  integer,
  source        text check (source in ('gone', 'kept')),
  primary key (account_sid, hold_id, recording_sid),
  foreign key (account_sid, hold_id) references ledger.holds,
  foreign key (account_sid, recording_sid) references ledger.recordings
);
create index hold_recordings_by_recording on ledger.hold_recordings (account_sid, recording_sid);
create index hold_recordings_to_settle on ledger.hold_recordings (account_sid, settle_due_at) where settle_due_at is not null;

-- The legal holds that the object store is to have on a recording's objects, and what it was found to have.
create table ledger.object_locks (
  account_sid   text not null,
  recording_sid text not null,
  is_wanted     boolean not null,
  -- Counts what asked for it: what was done for an older one is not the last word.
  revision      integer not null,
  due_at        timestamptz,
  leased_until  timestamptz,
  attempts      integer not null default 0,
  enforcement   text check (enforcement in ('ledger', 'object-lock')),
  confirmed_at  timestamptz,
  versions      integer,
  failure       text,
  primary key (account_sid, recording_sid),
  foreign key (account_sid, recording_sid) references ledger.recordings
);
create index object_locks_due on ledger.object_locks (account_sid, due_at) where due_at is not null;

-- The attempts at a deletion that may be taking something away at this moment: [{attempt, until}].
alter table ledger.recordings
  add column in_flight jsonb not null default '[]',
  add column is_held boolean not null default false;
create index recordings_held on ledger.recordings (account_sid, first_seen_at desc, recording_sid desc) where is_held;
-- While a hold covers the recording: when the next attempt or look would have been.
alter table ledger.deletions add column resume_at timestamptz;
create index if not exists calls_by_from on ledger.calls (account_sid, from_number) where from_number is not null;
create index if not exists calls_by_to on ledger.calls (account_sid, to_number) where to_number is not null;

-- Evidence: it is completed, and never removed.
select ledger.protect('matters', 'select, insert');
select ledger.protect(name, 'select, insert, update') from unnest(array['holds', 'hold_recordings', 'object_locks']) as name;
