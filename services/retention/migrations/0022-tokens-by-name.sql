-- A request shows one row by naming it, and otherwise those that open nothing beyond its own accounts.
drop policy directory on ledger.tokens;
create policy tenant on ledger.tokens using (
  token_id = current_setting('onrecord.token', true)
  or current_setting('onrecord.token', true) = 'all'
  or accounts <@ (select string_to_array(current_setting('onrecord.accounts', true), ','))::text[]
);
comment on policy tenant on ledger.tokens is 'select, insert, update';
