import type { Actor } from './actor.ts';
import type { Role } from './roles.ts';

/** What a token opens, and for how long. */
export interface TokenGrant {
  /** For people: what it is for. */
  name: string;
  role: Role;
  accounts: 'all' | readonly string[];
  /** Of an agent, and of nobody else: the ends of call legs that are this agent's, as Twilio writes them. */
  agentIdentities?: readonly string[] | undefined;
  expiresAt: Date;
}

export interface ApiToken extends TokenGrant {
  tokenId: string;
  createdAt: Date;
  createdBy: Actor;
  /** To the minute. */
  lastUsedAt?: Date | undefined;
  revokedAt?: Date | undefined;
  revokedBy?: Actor | undefined;
}

export type TokenState = 'active' | 'expired' | 'revoked';

export function tokenState({ revokedAt, expiresAt }: ApiToken, now: Date): TokenState {
  if (revokedAt !== undefined) return 'revoked';
  return now < expiresAt ? 'active' : 'expired';
}

/** Whether whoever sees these accounts sees everything that the token opens: nobody gives, lists or takes back more than that. */
export function isWithin(opened: TokenGrant['accounts'], visible: TokenGrant['accounts']): boolean {
  if (visible === 'all') return true;
  return opened !== 'all' && opened.every((account) => visible.includes(account));
}
