import { timingSafeEqual } from 'node:crypto';
import { inTransaction, type Pool } from '@onrecord/shared/postgres/pool';
import type { ClientBase } from 'pg';
import { appendAudit } from '../audit/append-audit.ts';
import type { Actor } from '../domain/actor.ts';
import type { AuditEntry } from '../domain/audit-entry.ts';
import { type ApiToken, isWithin, type TokenGrant, tokenState } from '../domain/token.ts';
import { findToken, insertToken, listTokens, markRevoked, markUsed, type TokenPosition } from '../ledger/tokens.ts';
import { hashToken, mintToken, tokenIdIn } from './token-secret.ts';

/** A request every second must not be a write every second. */
const LAST_USED_PRECISION_MS = 60_000;

/** What became of a token that a request brought. */
export type TokenCheck = { outcome: 'good' | 'expired' | 'revoked'; token: ApiToken } | { outcome: 'unknown' };

/** Who makes or revokes a token, and the accounts in whose audit logs it stands. */
export interface TokenChange {
  by: Actor;
  accounts: readonly string[];
}

/** The tokens of the records API. Each request looks its token up anew, so what is revoked or expired opens nothing from then on. */
export const createTokens = (pool: Pool, clock: () => Date) => ({
  create: async (grant: TokenGrant, change: TokenChange): Promise<{ token: ApiToken; secret: string }> => {
    const { tokenId, text, sha256 } = mintToken();
    const token: ApiToken = { ...grant, tokenId, createdAt: clock(), createdBy: change.by };
    await seeing(pool, { token: tokenId, accounts: change.accounts }, async (client) => {
      await insertToken(client, token, sha256);
      await appendAudit(client, entriesOf('token.created', token, change, token.createdAt));
    });
    return { token, secret: text };
  },
  check: async (text: string): Promise<TokenCheck> => {
    const tokenId = tokenIdIn(text);
    if (tokenId === undefined) return { outcome: 'unknown' };
    return seeing(pool, { token: tokenId }, async (client) => {
      const found = await findToken(client, tokenId);
      if (found === undefined || !timingSafeEqual(found.sha256, hashToken(text))) return { outcome: 'unknown' };
      const { token } = found;
      const now = clock();
      const state = tokenState(token, now);
      if (state !== 'active') return { outcome: state, token };
      const isStale = now.getTime() - (token.lastUsedAt?.getTime() ?? 0) >= LAST_USED_PRECISION_MS;
      if (isStale) await markUsed(client, token.tokenId, now);
      return { outcome: 'good', token };
    });
  },
  find: (tokenId: string): Promise<ApiToken | undefined> =>
    seeing(pool, { token: tokenId }, async (client) => (await findToken(client, tokenId))?.token),
  list: (within: ApiToken['accounts'], after: TokenPosition | undefined, limit: number) =>
    seeing(pool, within === 'all' ? { token: 'all' } : { accounts: within }, (client) =>
      listTokens(client, { within, after, limit }),
    ),
  /** @returns the token as it is now; `undefined` where there is none that opens these accounts at most */
  revoke: (tokenId: string, visible: ApiToken['accounts'], change: TokenChange): Promise<ApiToken | undefined> =>
    seeing(pool, { token: tokenId, accounts: change.accounts }, async (client) => {
      const found = await findToken(client, tokenId);
      if (found === undefined || !isWithin(found.token.accounts, visible)) return undefined;
      const now = clock();
      if (!(await markRevoked(client, tokenId, change.by, now))) return found.token;
      await appendAudit(client, entriesOf('token.revoked', found.token, change, now));
      return (await findToken(client, tokenId))?.token;
    }),
});

export type Tokens = ReturnType<typeof createTokens>;

/** The table of tokens is behind row-level security as all others are: what a transaction sees of it, it names. */
const seeing = <T>(
  pool: Pool,
  { token = '', accounts = [] }: { token?: string; accounts?: readonly string[] },
  work: (client: ClientBase) => Promise<T>,
): Promise<T> =>
  inTransaction(pool, work, { settings: { 'onrecord.token': token, 'onrecord.accounts': accounts.join(',') } });

/** One for each account that the token opens, in as far as the change is seen there. */
function entriesOf(
  kind: 'token.created' | 'token.revoked',
  { tokenId, role, accounts: opened, expiresAt }: ApiToken,
  { by, accounts }: TokenChange,
  at: Date,
): AuditEntry[] {
  const concerned = opened === 'all' ? accounts : opened.filter((account) => accounts.includes(account));
  // Neither its name nor an agent's identities: both may be a person's number.
  const details = {
    role,
    opens: opened === 'all' ? 'all accounts' : 'this account',
    expiresAt: expiresAt.toISOString(),
  };
  return concerned.map((accountSid) => ({ accountSid, at, kind, actor: by, subject: { token: tokenId }, details }));
}
