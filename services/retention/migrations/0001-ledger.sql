-- The ledger. The account is the tenant: it leads every key and every index that a request can reach.
create schema if not exists ledger;

create table ledger.accounts (
  account_sid   text primary key,
  first_seen_at timestamptz not null
);

-- One row a leg; parent_call_sid joins the legs of one call.
create table ledger.calls (
  account_sid       text not null references ledger.accounts,
  call_sid          text not null,
  parent_call_sid   text,
  conference_sid    text,
  direction         text,
  from_number       text,
  to_number         text,
  status            text not null,
  sequence_number   integer,
  duration_seconds  double precision,
  sip_response_code integer,
  status_at         timestamptz not null,
  primary key (account_sid, call_sid)
);
create index calls_by_parent on ledger.calls (account_sid, parent_call_sid) where parent_call_sid is not null;

-- Every status a leg reported, for the timeline; ledger.calls has the latest.
create table ledger.call_statuses (
  account_sid     text not null,
  call_sid        text not null,
  status          text not null,
  sequence_number integer,
  occurred_at     timestamptz not null,
  primary key (account_sid, call_sid, status),
  foreign key (account_sid, call_sid) references ledger.calls
);

create table ledger.participants (
  account_sid    text not null references ledger.accounts,
  conference_sid text not null,
  call_sid       text not null,
  label          text,
  joined_at      timestamptz not null,
  primary key (account_sid, conference_sid, call_sid)
);
create index participants_by_call on ledger.participants (account_sid, call_sid);

create table ledger.consents (
  account_sid    text not null references ledger.accounts,
  -- The id of the event that reported the answer.
  consent_id     text not null,
  call_sid       text,
  conference_sid text,
  party          text not null,
  outcome        text not null check (outcome in ('granted', 'refused')),
  purposes       text[] not null check (cardinality(purposes) > 0),
  method         text not null,
  prompt_version text,
  language       text,
  reference      text not null,
  recorded_at    timestamptz not null,
  learned_at     timestamptz not null,
  primary key (account_sid, consent_id),
  check (call_sid is not null or conference_sid is not null)
);
create index consents_by_call on ledger.consents (account_sid, call_sid) where call_sid is not null;
create index consents_by_conference on ledger.consents (account_sid, conference_sid) where conference_sid is not null;

create table ledger.recordings (
  account_sid           text not null references ledger.accounts,
  recording_sid         text not null,
  call_sid              text,
  conference_sid        text,
  twilio_status         text not null,
  recording_source      text,
  channels              integer,
  track                 text,
  duration_seconds      double precision,
  started_at            timestamptz,
  error_code            integer,
  reported_at           timestamptz not null,
  first_seen_at         timestamptz not null,
  -- Where the transcriber was sent; kept because a deletion must look there even when nothing was ever reported archived.
  prefix                text,
  delete_after_override timestamptz,
  -- Derived from all of the above by the domain whenever something changes, so that listing and sweeping are index scans.
  state                 text not null,
  decision              integer,
  review_at             timestamptz,
  delete_after          timestamptz,
  delete_cause          text,
  primary key (account_sid, recording_sid)
);
create index recordings_by_age on ledger.recordings (account_sid, first_seen_at desc, recording_sid desc);
create index recordings_by_state on ledger.recordings (account_sid, state, first_seen_at desc, recording_sid desc);
create index recordings_by_call on ledger.recordings (account_sid, call_sid) where call_sid is not null;
create index recordings_by_conference on ledger.recordings (account_sid, conference_sid) where conference_sid is not null;
-- The sweeper's: what is not due is not in its way.
create index recordings_to_review on ledger.recordings (review_at) where review_at is not null;
create index recordings_to_delete on ledger.recordings (delete_after) where delete_after is not null;

-- Never changed after it was written. `facts` is what the decision was made from.
create table ledger.decisions (
  account_sid    text not null,
  recording_sid  text not null,
  decision       integer not null check (decision > 0),
  outcome        text not null check (outcome in ('waiting', 'withheld', 'cleared', 'refused')),
  purposes       text[] not null,
  rule           text not null,
  reason         text not null,
  released_by    text[] not null,
  cause          text,
  review_at      timestamptz,
  delete_after   timestamptz,
  policy_name    text not null,
  policy_version integer not null,
  facts          jsonb not null,
  decided_at     timestamptz not null,
  primary key (account_sid, recording_sid, decision),
  foreign key (account_sid, recording_sid) references ledger.recordings
);

create table ledger.archives (
  account_sid      text not null,
  recording_sid    text not null,
  store            text not null,
  prefix           text not null,
  channels         integer not null,
  duration_seconds double precision not null,
  archived_at      timestamptz not null,
  learned_at       timestamptz not null,
  primary key (account_sid, recording_sid),
  foreign key (account_sid, recording_sid) references ledger.recordings
);

create table ledger.transcripts (
  account_sid         text not null,
  recording_sid       text not null,
  options_fingerprint text not null,
  provider            text not null,
  simulated           boolean not null,
  provider_request_id text,
  audio_sha256        text not null,
  language            text,
  turns               integer not null,
  words               integer not null,
  billed_seconds      double precision not null,
  transcript_key      text not null,
  completed_at        timestamptz not null,
  learned_at          timestamptz not null,
  primary key (account_sid, recording_sid, options_fingerprint),
  foreign key (account_sid, recording_sid) references ledger.recordings
);

-- Every object that was reported stored. Rows outlive their objects: the hash is the evidence of what once was there.
create table ledger.objects (
  account_sid   text not null,
  recording_sid text not null,
  key           text not null,
  kind          text not null check (kind in ('media', 'manifest', 'transcript', 'derived')),
  bytes         bigint not null,
  sha256        text not null,
  version_id    text,
  content_type  text,
  learned_at    timestamptz not null,
  primary key (account_sid, recording_sid, key),
  foreign key (account_sid, recording_sid) references ledger.recordings
);

-- Steps that were given up: their events are dead letters.
create table ledger.failures (
  account_sid   text not null,
  recording_sid text not null,
  step          text not null check (step in ('archive', 'transcript')),
  decision      integer not null,
  stage         text not null,
  reason        text not null,
  attempts      integer not null,
  failed_at     timestamptz not null,
  primary key (account_sid, recording_sid, step, decision),
  foreign key (account_sid, recording_sid) references ledger.recordings
);

create table ledger.deletions (
  account_sid         text not null,
  recording_sid       text not null,
  deletion            integer not null check (deletion > 0),
  cause               text not null,
  started_at          timestamptz not null,
  attempts            integer not null,
  -- Also the lease of the worker that is at it: it sets this ahead before it begins. Null once completed.
  next_attempt_at     timestamptz,
  objects_deleted     jsonb not null,
  objects_confirmed_at timestamptz,
  objects_failure     text,
  source_outcome      text check (source_outcome in ('deleted', 'already-gone')),
  source_confirmed_at timestamptz,
  source_failure      text,
  completed_at        timestamptz,
  primary key (account_sid, recording_sid, deletion),
  foreign key (account_sid, recording_sid) references ledger.recordings
);
create index deletions_to_attempt on ledger.deletions (next_attempt_at) where next_attempt_at is not null;
