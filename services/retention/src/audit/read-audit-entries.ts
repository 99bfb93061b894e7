import type { Pool } from 'pg';
import type { AuditKind } from '../domain/audit-entry.ts';
import { inTenant } from '../ledger/tenancy.ts';
import { placeAuditEntries } from './place-audit-entries.ts';

/** Where in which log. */
interface AuditPosition {
  accountSid: string;
  position: number;
}

export interface AuditQuery {
  accounts: readonly string[];
  kind?: AuditKind | undefined;
  recordingSid?: string | undefined;
  after?: AuditPosition | undefined;
  limit: number;
}

export interface PlacedEntry extends AuditPosition {
  /** The exact text, as canonical JSON. */
  canonical: string;
}

/** Entries in the order of their logs, one account's after the other's. @returns at most `limit` */
export async function readAuditEntries(pool: Pool, query: AuditQuery): Promise<PlacedEntry[]> {
  const { accounts, kind = null, recordingSid = null, after, limit } = query;
  await placeAuditEntries(pool, accounts);
  const { rows } = await inTenant(pool, accounts, (client) =>
    client.query<{ account_sid: string; position: bigint; body: Buffer }>(
      `select account_sid, position, body from ledger.audit_entries
       where account_sid = any($1) and position is not null
         and ($2::text is null or kind = $2) and ($3::text is null or recording_sid = $3)
         and ($4::text is null or (account_sid, position) > ($4, $5::bigint))
       order by account_sid, position limit $6`,
      [accounts, kind, recordingSid, after?.accountSid ?? null, after?.position ?? null, limit],
    ),
  );
  return rows.map(({ account_sid, position, body }) => ({
    accountSid: account_sid,
    position: Number(position),
    canonical: body.toString(),
  }));
}
