import { createTokenCheck, tokenIn } from '@onrecord/shared/http/bearer-token';
import type { MiddlewareHandler } from 'hono';
import type { TokenCheck } from '../access/tokens.ts';
import type { Principal, RecordsEnv } from './principal.ts';
import { problem } from './problems.ts';
import type { RecordsApi } from './records-api.ts';

/** Who brings RECORDS_API_TOKEN: with it the first tokens are made. */
const BOOTSTRAP: Principal = {
  id: 'bootstrap',
  name: 'RECORDS_API_TOKEN',
  kind: 'token',
  role: 'administrator',
  accounts: 'all',
};

const REMEDY = 'an administrator makes one with `onrecord tokens create`, the first with the setting RECORDS_API_TOKEN';

/** Lets requests pass that carry a token, and says whose it is. */
export function authenticate({ token, tokens }: Pick<RecordsApi, 'token' | 'tokens'>): MiddlewareHandler<RecordsEnv> {
  const check = createTokenCheck(token);
  return async (c, next) => {
    const authorization = c.req.header('authorization');
    const principal = check(authorization) === 'right' ? BOOTSTRAP : undefined;
    const given = tokenIn(authorization);
    if (given === undefined) return refuse(`Send a token as "Authorization: Bearer …": ${REMEDY}.`);
    const checked = principal ?? principalOf(await tokens.check(given));
    if (typeof checked === 'string') return refuse(checked, 'invalid_token');
    c.set('principal', checked);
    return next();
  };
}

/** The principal, or why there is none. What is wrong with a token is told to those alone who have its secret. */
function principalOf(check: TokenCheck): Principal | string {
  if (check.outcome === 'unknown') return `This token is not known here: ${REMEDY}.`;
  const { tokenId: id, name, role, accounts, agentIdentities, expiresAt, revokedAt } = check.token;
  if (check.outcome === 'expired') return `This token expired at ${expiresAt.toISOString()}: ${REMEDY}.`;
  if (check.outcome === 'revoked') return `This token was revoked at ${revokedAt?.toISOString()}: ${REMEDY}.`;
  return { kind: 'token', id, name, role, accounts, agentIdentities };
}

/** Source of the header: RFC 6750, section 3. */
function refuse(detail: string, error?: string): Response {
  const challenge = `Bearer realm="onrecord records"${error === undefined ? '' : `, error="${error}"`}`;
  return problem('unauthorized', detail, { 'www-authenticate': challenge });
}
