-- What Twilio's debugger reported. An alert may be known before its call is, and many are about no call, so nothing is referred to.
create table ledger.alerts (
  account_sid       text not null references ledger.accounts,
  alert_sid         text not null,
  call_sid          text,
  resource_sid      text,
  level             text not null,
  error_code        text not null,
  message           text,
  sip_response_code integer,
  details           jsonb not null,
  raised_at         timestamptz not null,
  primary key (account_sid, alert_sid)
);
create index alerts_by_call on ledger.alerts (account_sid, call_sid, raised_at) where call_sid is not null;

-- What was made of a final status when it came in: it knows codes that the callback carried and the ledger has no column for.
alter table ledger.call_statuses add column diagnosis jsonb;
