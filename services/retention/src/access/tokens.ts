import { timingSafeEqual } from 'node:crypto';
import { inTransaction, type Pool } from '@onrecord/shared/postgres/pool';
import type { Actor } from '../domain/actor.ts';
import { type ApiToken, isWithin, type TokenGrant, tokenState } from '../domain/token.ts';
import { findToken, insertToken, listTokens, markRevoked, markUsed, type TokenPosition } from '../ledger/tokens.ts';
import { hashToken, mintToken, tokenIdIn } from './token-secret.ts';

/** A request every second must not be a write every second. */
const LAST_USED_PRECISION_MS = 60_000;

/** What became of a token that a request brought. */
export type TokenCheck = { outcome: 'good' | 'expired' | 'revoked'; token: ApiToken } | { outcome: 'unknown' };

/** The tokens of the records API. Each request looks its token up anew, so what is revoked or expired opens nothing from then on. */
export const createTokens = (pool: Pool, clock: () => Date) => ({
  create: async (grant: TokenGrant, by: Actor): Promise<{ token: ApiToken; secret: string }> => {
    const { tokenId, text, sha256 } = mintToken();
    const token: ApiToken = { ...grant, tokenId, createdAt: clock(), createdBy: by };
    await inTransaction(pool, (client) => insertToken(client, token, sha256));
    return { token, secret: text };
  },
  check: async (text: string): Promise<TokenCheck> => {
    const tokenId = tokenIdIn(text);
    const found = tokenId === undefined ? undefined : await findToken(pool, tokenId);
    if (found === undefined || !timingSafeEqual(found.sha256, hashToken(text))) return { outcome: 'unknown' };
    const { token } = found;
    const now = clock();
    const state = tokenState(token, now);
    if (state !== 'active') return { outcome: state, token };
    if (now.getTime() - (token.lastUsedAt?.getTime() ?? 0) >= LAST_USED_PRECISION_MS) {
      await markUsed(pool, token.tokenId, now);
    }
    return { outcome: 'good', token };
  },
  list: (within: ApiToken['accounts'], after: TokenPosition | undefined, limit: number) =>
    listTokens(pool, { within, after, limit }),
  /** @returns the token as it is now; `undefined` where there is none that opens these accounts at most */
  revoke: (tokenId: string, visible: ApiToken['accounts'], by: Actor): Promise<ApiToken | undefined> =>
    inTransaction(pool, async (client) => {
      const found = await findToken(client, tokenId);
      if (found === undefined || !isWithin(found.token.accounts, visible)) return undefined;
      await markRevoked(client, tokenId, by, clock());
      return (await findToken(client, tokenId))?.token;
    }),
});

export type Tokens = ReturnType<typeof createTokens>;
