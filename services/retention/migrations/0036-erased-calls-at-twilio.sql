-- Twilio's own records of the legs that an erasure covers, which are deleted there one by one.
create table ledger.erasure_calls (
  account_sid     text not null,
  erasure_id      text not null,
  call_sid        text not null,
  outcome         text check (outcome in ('deleted', 'already-gone')),
  settled_at      timestamptz,
  -- A law or a hold for which it stays.
  kept_for        text,
  failure         text,
  attempts        integer not null default 0,
  -- Also the lease of the worker that is at it; null once settled.
  next_attempt_at timestamptz,
  primary key (account_sid, erasure_id, call_sid),
  foreign key (account_sid, erasure_id) references ledger.erasures,
  check ((outcome is null) = (settled_at is null))
);
create index erasure_calls_to_attempt on ledger.erasure_calls (account_sid, next_attempt_at) where next_attempt_at is not null;
select ledger.protect('ledger.erasure_calls', 'select, insert, update');
