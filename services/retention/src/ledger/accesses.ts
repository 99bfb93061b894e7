import type { ClientBase, QueryResultRow } from 'pg';
import type { Access } from '../domain/access.ts';
import { optional } from './rows.ts';

const COLUMNS = [
  ...['account_sid', 'recording_sid', 'at', 'what', 'format', 'byte_range', 'purpose'],
  ...['principal_kind', 'principal_id', 'principal_name', 'role', 'remote_address'],
];

/** One statement, however many. */
export async function insertAccesses(client: Pick<ClientBase, 'query'>, accesses: readonly Access[]): Promise<void> {
  const rows = accesses.map(({ principal, ...access }) => [
    ...[access.accountSid, access.recordingSid, access.at, access.what, access.format],
    ...[access.byteRange ?? null, access.purpose ?? null],
    ...[principal.kind, principal.id, principal.name, principal.role, access.remoteAddress ?? null],
  ]);
  const columns = COLUMNS.map((_, column) => rows.map((row) => row[column]));
  const types = COLUMNS.map((name, index) => `$${index + 1}::${name === 'at' ? 'timestamptz' : 'text'}[]`);
  await client.query(
    `insert into ledger.accesses (${COLUMNS.join(', ')}) select * from unnest(${types.join(', ')})`,
    columns,
  );
}

export interface AccessQuery {
  accounts: readonly string[];
  recordingSid?: string | undefined;
  principalId?: string | undefined;
  since?: Date | undefined;
  until?: Date | undefined;
  /** Older than this one. */
  before?: bigint | undefined;
  limit: number;
}

/** Newest first. @returns at most `limit` */
export async function listAccesses(
  client: Pick<ClientBase, 'query'>,
  { accounts, recordingSid, principalId, since, until, before, limit }: AccessQuery,
): Promise<(Access & { accessId: bigint })[]> {
  const { rows } = await client.query<QueryResultRow>(
    `select * from ledger.accesses
     where account_sid = any($1) and ($2::text is null or recording_sid = $2) and ($3::text is null or principal_id = $3)
       and ($4::timestamptz is null or at >= $4) and ($5::timestamptz is null or at < $5)
       and ($6::bigint is null or access_id < $6)
     order by access_id desc limit $7`,
    [accounts, recordingSid ?? null, principalId ?? null, since ?? null, until ?? null, before ?? null, limit],
  );
  return rows.map((row) => ({ ...toAccess(row), accessId: row.access_id }));
}

const toAccess = (row: QueryResultRow): Access => ({
  accountSid: row.account_sid,
  recordingSid: row.recording_sid,
  at: row.at,
  what: row.what,
  format: row.format,
  byteRange: optional(row.byte_range),
  purpose: optional(row.purpose),
  principal: { kind: row.principal_kind, id: row.principal_id, name: row.principal_name, role: row.role },
  remoteAddress: optional(row.remote_address),
});
