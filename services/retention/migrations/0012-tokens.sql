-- Who may ask the records API. A token is looked up before it is known whose accounts a request may see, so it belongs to no account
-- and lists those that it opens; null opens all. Of the secret there is a SHA-256 alone.
create table ledger.tokens (
  token_id         text primary key,
  name             text not null,
  role             text not null check (role in ('agent', 'reviewer', 'compliance', 'administrator', 'auditor')),
  accounts         text[] check (cardinality(accounts) > 0),
  agent_identities text[] check ((role = 'agent') = (agent_identities is not null and cardinality(agent_identities) > 0)),
  secret_sha256    bytea not null check (length(secret_sha256) = 32),
  created_at       timestamptz not null,
  created_by       jsonb not null,
  expires_at       timestamptz not null check (expires_at > created_at),
  last_used_at     timestamptz,
  revoked_at       timestamptz,
  revoked_by       jsonb
);
create index tokens_by_age on ledger.tokens (created_at desc, token_id desc);
