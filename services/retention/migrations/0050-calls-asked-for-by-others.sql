-- Whether another erasure has had Twilio delete its record of a leg.
create index erasure_calls_by_call on ledger.erasure_calls (account_sid, call_sid);
