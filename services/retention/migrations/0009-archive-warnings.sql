-- Where the archived audio is not as it should be: [{kind, text}]. Archives of before were announced without.
alter table ledger.archives add column warnings jsonb not null default '[]';
