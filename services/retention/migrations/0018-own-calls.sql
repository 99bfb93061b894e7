-- What an agent's token opens: calls with a leg that the agent was on.
create index calls_by_from on ledger.calls (account_sid, from_number);
create index calls_by_to on ledger.calls (account_sid, to_number);

-- Every leg of the calls that these legs belong to, by parent and child.
create function ledger.family_of(account text, legs text[]) returns setof text language sql stable as $$
  with recursive family(call_sid) as (
    select unnest(legs)
    union
    select relative.call_sid from family cross join lateral (
      select parent_call_sid as call_sid from ledger.calls
      where account_sid = account and call_sid = family.call_sid and parent_call_sid is not null
      union all
      select call_sid from ledger.calls where account_sid = account and parent_call_sid = family.call_sid
    ) relative
  )
  select call_sid from family
$$;

-- A leg that was never answered is nobody's conversation: who was rung and did not take it hears nothing of who did.
create function ledger.own_legs(account text, identities text[]) returns setof text language sql stable as $$
  select call_sid from ledger.calls
  where account_sid = account and (from_number = any(identities) or to_number = any(identities))
    and status not in ('busy', 'no-answer', 'failed', 'canceled')
$$;

create function ledger.own_recordings(account text, identities text[]) returns setof text language sql stable as $$
  with family as materialized (
    select ledger.family_of(account, array(select ledger.own_legs(account, identities))) as call_sid
  )
  select recording_sid from ledger.recordings where account_sid = account and call_sid in (select call_sid from family)
  union
  select recording_sid from ledger.recordings
  where account_sid = account and conference_sid in (
    select conference_sid from ledger.participants
    where account_sid = account and call_sid in (select call_sid from family)
  )
$$;
