-- Newest first means by when a recording began; where Twilio did not say, by when it was first heard of.
create index recordings_by_start on ledger.recordings
  (account_sid, coalesce(started_at, first_seen_at) desc, recording_sid desc);
create index recordings_by_state_and_start on ledger.recordings
  (account_sid, state, coalesce(started_at, first_seen_at) desc, recording_sid desc);
drop index ledger.recordings_by_age;
drop index ledger.recordings_by_state;

create index calls_by_status_time on ledger.calls (account_sid, status_at desc, call_sid desc);
