-- By which it is known whether PSEUDONYM_KEY is still the one that this ledger's pseudonyms were made with: what the key makes of a
-- text that never changes. It belongs to no account.
create table ledger.pseudonym_key (
  only_one    boolean primary key default true check (only_one),
  fingerprint text not null
);
select ledger.protect_directory('ledger.pseudonym_key', 'select, insert');
