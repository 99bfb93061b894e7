-- What was said, to be searched: of each recording the transcript that is shown. `body` has a line for each turn, and `turns` in the same
-- order who spoke when. `words` has, beside the words, the account and the configuration as '@…', which no word begins with:
-- so an entry of the index belongs to one account.
create table ledger.transcript_texts (
  account_sid    text not null,
  recording_sid  text not null,
  began_at       timestamptz not null,
  transcript_key text not null,
  config         text not null,
  is_cut         boolean not null,
  body           text not null,
  turns          jsonb not null,
  words          tsvector not null,
  primary key (account_sid, recording_sid),
  foreign key (account_sid, recording_sid) references ledger.recordings
);
create index transcript_texts_by_word on ledger.transcript_texts using gin (words);
create index transcript_texts_by_config on ledger.transcript_texts (account_sid, config);
select ledger.protect('ledger.transcript_texts');
-- Row-level security keeps a search by words from its index, since the operator may tell of rows that are not the tenant's. So the
-- owner is not held to it here (ledgerSchema leaves that out), and searches for the application below, by the same setting. The
-- application is held to it as ever.
alter table ledger.transcript_texts no force row level security;

-- When the text of a transcript is to be read, and how often that failed; null once it was. What was there before has its turn now.
alter table ledger.transcripts
  add column text_due_at timestamptz default now(),
  add column text_attempts integer not null default 0,
  add column text_failure text;
alter table ledger.transcripts alter column text_due_at drop default;
create index transcripts_to_read on ledger.transcripts (account_sid, text_due_at) where text_due_at is not null;

-- The words of the account's transcripts that are asked for, in each configuration that it has any in; null where no word is left.
create function ledger.search_query(of_account text, asked text) returns tsquery
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  whole tsquery;
  part tsquery;
  current text;
begin
  if not of_account = any (string_to_array(current_setting('onrecord.accounts', true), ',')) then return null; end if;
  select min(config) into current from ledger.transcript_texts where account_sid = of_account;
  while current is not null loop
    part := websearch_to_tsquery(current::regconfig, asked);
    -- 'T' is what is left for the index of a search for nothing but what is not said.
    if numnode(part) > 0 and querytree(part) <> 'T' then
      part := part && quote_literal('@' || current)::tsquery;
      whole := coalesce(whole || part, part);
    end if;
    select min(config) into current from ledger.transcript_texts where account_sid = of_account and config > current;
  end loop;
  return whole && quote_literal('@' || of_account)::tsquery;
end
$$;

-- Newest first, after a place where it is given; of calls alone that somebody of the identities was on. Found is what may be read now: cleared for transcription, and not on its way out.
create function ledger.search_transcripts(
  of_account text, wanted tsquery, since timestamptz, until timestamptz,
  after_began timestamptz, after_sid text, identities text[], at_most integer
) returns table (recording_sid text, began_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
  if not of_account = any (string_to_array(current_setting('onrecord.accounts', true), ',')) then return; end if;
  return query
    select found.recording_sid, found.began_at
    from ledger.transcript_texts found
    where found.words @@ wanted and found.account_sid = of_account
      and (since is null or found.began_at >= since) and (until is null or found.began_at < until)
      and (after_began is null or (found.began_at, found.recording_sid) < (after_began, after_sid))
      and (identities is null or found.recording_sid in (select ledger.own_recordings(of_account, identities)))
      and exists (
        select from ledger.recordings recording
        join ledger.decisions decided using (account_sid, recording_sid, decision)
        where recording.account_sid = found.account_sid and recording.recording_sid = found.recording_sid
          and recording.state not in ('deleting', 'deleted') and 'transcribe' = any (decided.purposes)
      )
    order by found.began_at desc, found.recording_sid desc
    limit at_most;
end
$$;
