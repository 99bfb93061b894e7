-- Which numbers take part in a leg, each by the keyed stand-in of the way in which it was spelled. It outlives the number itself: a
-- second erasure of the same person finds what the first one had to leave.
create table ledger.call_numbers (
  account_sid text not null references ledger.accounts,
  spelling    text not null,
  call_sid    text not null,
  primary key (account_sid, spelling, call_sid)
);
create index call_numbers_by_call on ledger.call_numbers (account_sid, call_sid);

-- Legs of before: the sweeper notes their numbers once.
alter table ledger.calls add column numbers_noted boolean not null default false;
create index calls_to_note on ledger.calls (account_sid, call_sid) where not numbers_noted;

-- Everything held on a person, or of a call, is to go that was there at `covers_until`.
create table ledger.erasures (
  account_sid    text not null references ledger.accounts,
  erasure_id     text not null,
  party          text,
  call_sid       text,
  state          text not null check (state in ('received', 'running', 'waiting', 'completed')),
  requested_at   timestamptz not null,
  requested_by   jsonb not null,
  covers_until   timestamptz not null,
  -- The last call of the page that was done; null before the first one, and once more after the last.
  last_call_sid  text,
  legs           integer not null default 0,
  -- Of these, whose rows keep the number for a hold or a statutory minimum.
  legs_kept      integer not null default 0,
  -- When no number of it was left in the ledger.
  ledger_done_at timestamptz,
  completed_at   timestamptz,
  -- Also the lease of the worker that is at it.
  next_look_at   timestamptz,
  primary key (account_sid, erasure_id),
  check ((party is null) <> (call_sid is null))
);
-- One at a time for each subject: another request joins it.
create unique index erasures_open on ledger.erasures (account_sid, coalesce(party, call_sid)) where completed_at is null;
create index erasures_by_age on ledger.erasures (account_sid, requested_at desc, erasure_id desc);
create index erasures_to_look_at on ledger.erasures (account_sid, next_look_at) where next_look_at is not null;

-- By what an erasure finds its subject in what is there and in what comes late: the stand-ins of each spelling of a number, or a
-- CallSid. Nothing that is covered is written with the number any more.
create table ledger.erased_subjects (
  account_sid  text not null,
  name         text not null,
  erasure_id   text not null,
  -- What takes the number's place; null for a call.
  party        text,
  covers_until timestamptz not null,
  -- When something late last named it: the event log had it until then at least.
  last_seen_at timestamptz,
  primary key (account_sid, name)
);
create index erased_subjects_by_erasure on ledger.erased_subjects (account_sid, erasure_id);

create table ledger.erasure_items (
  account_sid   text not null,
  erasure_id    text not null,
  recording_sid text not null,
  result        text not null,
  why           text not null,
  until         timestamptz,
  resolved_at   timestamptz not null,
  primary key (account_sid, erasure_id, recording_sid)
);

create table ledger.erasure_residues (
  account_sid text not null,
  erasure_id  text not null,
  residue     text not null,
  what        text not null,
  why         text not null,
  until       timestamptz,
  checked_at  timestamptz,
  finding     text,
  gone_at     timestamptz,
  primary key (account_sid, erasure_id, residue)
);
create index erasure_residues_to_check on ledger.erasure_residues (account_sid, until) where gone_at is null and until is not null;

-- The erasure whose item the recording is.
alter table ledger.recordings add column erasure_id text;

select ledger.protect(of_erasures) from unnest(array[
  'ledger.call_numbers', 'ledger.erasures', 'ledger.erased_subjects', 'ledger.erasure_items', 'ledger.erasure_residues'
]) of_erasures;
