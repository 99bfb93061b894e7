import type { ClientBase } from 'pg';
import type { AuditEntry } from '../domain/audit-entry.ts';
import { canonicalEntry } from './canonical-entry.ts';

/**
 * Appends to the audit log in the caller's transaction, `inTenant` of the entries' accounts: the effect and its entry are committed
 * together or not at all. One statement that waits for nobody: places in the log are given afterwards, by `placeAuditEntries`.
 * @throws AuditEntryError when something like a phone number is in an entry
 */
export async function appendAudit(client: ClientBase, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await client.query({
    name: 'append-audit',
    text: `insert into ledger.audit_entries (account_sid, at, kind, recording_sid, body)
           select account_sid, at, kind, recording_sid, convert_to(body, 'UTF8')
           from unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
             with ordinality as e (account_sid, at, kind, recording_sid, body, n) order by n`,
    values: [
      entries.map(({ accountSid }) => accountSid),
      entries.map(({ at }) => at),
      entries.map(({ kind }) => kind),
      entries.map(({ subject }) => subject.recordingSid ?? null),
      entries.map(canonicalEntry),
    ],
  });
}
