-- Frequent words are in so many texts that the newest hits are found sooner by going through the texts from the newest on.
create index transcript_texts_by_time on ledger.transcript_texts (account_sid, began_at desc, recording_sid desc);
