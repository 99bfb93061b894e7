-- Who heard or read what, when and why: one row for each recording whose audio or text was handed out, written before the first byte.
create table ledger.accesses (
  account_sid    text not null,
  access_id      bigint generated always as identity,
  recording_sid  text not null,
  at             timestamptz not null,
  what           text not null check (what in ('audio', 'text')),
  format         text not null,
  -- As the request asked for it; null where all was.
  byte_range     text,
  purpose        text,
  -- Of a token its id, of a person the issuer's name for them.
  principal_kind text not null check (principal_kind in ('token', 'person')),
  principal_id   text not null,
  principal_name text not null,
  role           text not null,
  remote_address text,
  primary key (account_sid, access_id)
);
create index accesses_by_recording on ledger.accesses (account_sid, recording_sid, access_id desc);
create index accesses_by_principal on ledger.accesses (account_sid, principal_id, access_id desc);
create index accesses_by_time on ledger.accesses (account_sid, at);
select ledger.protect_log('ledger.accesses');
