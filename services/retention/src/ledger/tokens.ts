import type { ClientBase, QueryResultRow } from 'pg';
import type { Actor } from '../domain/actor.ts';
import type { ApiToken } from '../domain/token.ts';
import { optional } from './rows.ts';

type Queryable = Pick<ClientBase, 'query'>;

export async function insertToken(client: Queryable, token: ApiToken, sha256: Buffer): Promise<void> {
  const { tokenId, name, role, accounts, agentIdentities, createdAt, createdBy, expiresAt } = token;
  await client.query(
    `insert into ledger.tokens
       (token_id, name, role, accounts, agent_identities, secret_sha256, created_at, created_by, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      ...[tokenId, name, role, accounts === 'all' ? null : accounts, agentIdentities ?? null, sha256],
      ...[createdAt, createdBy, expiresAt],
    ],
  );
}

/** Its hash as well, to be compared with that of what was sent. */
export async function findToken(
  client: Queryable,
  tokenId: string,
): Promise<{ token: ApiToken; sha256: Buffer } | undefined> {
  const { rows } = await client.query<QueryResultRow>('select * from ledger.tokens where token_id = $1', [tokenId]);
  return rows[0] && { token: toToken(rows[0]), sha256: rows[0].secret_sha256 };
}

export interface TokenPosition {
  createdAt: Date;
  tokenId: string;
}

/** Newest first, those alone that open nothing beyond the accounts. @returns at most `limit` */
export async function listTokens(
  client: Queryable,
  { within, after, limit }: { within: ApiToken['accounts']; after?: TokenPosition | undefined; limit: number },
): Promise<ApiToken[]> {
  const { rows } = await client.query<QueryResultRow>(
    `select * from ledger.tokens
     where ($1::text[] is null or accounts <@ $1) and ($2::timestamptz is null or (created_at, token_id) < ($2, $3))
     order by created_at desc, token_id desc limit $4`,
    [within === 'all' ? null : within, after?.createdAt ?? null, after?.tokenId ?? null, limit],
  );
  return rows.map(toToken);
}

/** @returns whether it was not revoked before */
export async function markRevoked(client: Queryable, tokenId: string, by: Actor, now: Date): Promise<boolean> {
  const { rowCount } = await client.query(
    'update ledger.tokens set revoked_at = $2, revoked_by = $3 where token_id = $1 and revoked_at is null',
    [tokenId, now, by],
  );
  return rowCount === 1;
}

export const markUsed = (client: Queryable, tokenId: string, now: Date) =>
  client.query('update ledger.tokens set last_used_at = $2 where token_id = $1', [tokenId, now]);

const toToken = (row: QueryResultRow): ApiToken => ({
  tokenId: row.token_id,
  name: row.name,
  role: row.role,
  accounts: row.accounts ?? 'all',
  agentIdentities: optional(row.agent_identities),
  createdAt: row.created_at,
  createdBy: row.created_by,
  expiresAt: row.expires_at,
  lastUsedAt: optional(row.last_used_at),
  revokedAt: optional(row.revoked_at),
  revokedBy: optional(row.revoked_by),
});
