-- Legs that an erasure has gone through or is about to: what is told of them again is nothing new to it.
create table ledger.erasure_legs (
  account_sid text not null,
  erasure_id  text not null,
  call_sid    text not null,
  primary key (account_sid, erasure_id, call_sid),
  foreign key (account_sid, erasure_id) references ledger.erasures
);
select ledger.protect('ledger.erasure_legs', 'select, insert');
insert into ledger.erasure_legs (account_sid, erasure_id, call_sid) select account_sid, erasure_id, call_sid from ledger.erasure_calls;
