import { createTokenCheck, tokenIn } from '@onrecord/shared/http/bearer-token';
import type { Context, MiddlewareHandler } from 'hono';
import type { FailedAuthorisation } from '../../access/access-audit.ts';
import type { PersonCheck } from '../../access/people.ts';
import type { ApiToken } from '../../domain/token.ts';
import { describeRequest } from '../describe-request.ts';
import { ProblemError, problem } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import { noteRead } from './note-read.ts';
import { actorOf, type Principal, type RecordsEnv } from './principal.ts';
import { createRateLimits } from './rate-limits.ts';
import { remoteAddressOf } from './remote-address.ts';

/** Who brings RECORDS_API_TOKEN: with it the first tokens are made. */
const BOOTSTRAP: Principal = {
  id: 'bootstrap',
  name: 'RECORDS_API_TOKEN',
  kind: 'token',
  role: 'administrator',
  accounts: 'all',
};

const REMEDY = 'an administrator makes one with `onrecord tokens create`, the first with the setting RECORDS_API_TOKEN';

type Api = Pick<
  RecordsApi,
  'token' | 'tokens' | 'people' | 'access' | 'accessAudit' | 'accountSid' | 'reader' | 'clock' | 'logError'
>;

/** Lets requests pass that carry a token, and says whose it is. What fails, and all that an auditor asks, stands in the audit log. */
export function authenticate(api: Api): MiddlewareHandler<RecordsEnv> {
  const check = createTokenCheck(api.token);
  const identify = async (authorization: string | undefined, given: string): Promise<Principal | Refused> => {
    if (check(authorization) === 'right') return BOOTSTRAP;
    if (api.people !== undefined && JWT.test(given)) return ofPerson(await api.people.check(given));
    return ofToken(await api.tokens.check(given));
  };
  const limits = createRateLimits(api.access.limits, api.clock);
  return async (c, next) => {
    const authorization = c.req.header('authorization');
    const given = tokenIn(authorization);
    if (given === undefined) return refuse(`Send a token as "Authorization: Bearer …": ${REMEDY}.`);
    const address = remoteAddressOf(c, api.access);
    const blocked = limits.beforeCheck(address, given);
    if (blocked !== undefined) return blocked;
    const identified = await identify(authorization, given);
    if ('reason' in identified) {
      limits.failed(address);
      await noteFailure(c, api, identified);
      return refuse(identified.detail, 'invalid_token');
    }
    const { refusal, headers } = limits.take(`${identified.kind} ${identified.id}`, given);
    if (refusal !== undefined) return refusal;
    c.set('principal', identified);
    if (identified.role === 'auditor') await noteRead(c, api);
    await next();
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
    if (c.error instanceof ProblemError && c.error.code === 'forbidden') {
      await noteFailure(c, api, { reason: 'role', opened: identified.accounts, actor: actorOf(c) });
    }
  };
}

type Failure = Pick<FailedAuthorisation, 'reason' | 'actor'> & { opened: Principal['accounts'] };
type Refused = Failure & { detail: string };

/** Three parts with dots between them, as RFC 7519 has it. */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** @throws ProblemError where the identity provider's keys cannot be had */
function ofPerson(check: PersonCheck): Principal | Refused {
  if (check.outcome === 'good') return { kind: 'person', ...check.person };
  if (check.outcome === 'unavailable') {
    throw new ProblemError('unavailable', 'The keys of the identity provider cannot be had now. Try again later.');
  }
  const actor = { kind: 'person', id: 'unknown' } as const;
  return { reason: 'person', actor, opened: 'all', detail: `This access token is not good here: ${check.why}.` };
}

/** The principal, or why there is none. What is wrong with a token is told to those alone who have its secret. */
function ofToken(check: { outcome: 'good' | 'expired' | 'revoked'; token: ApiToken } | { outcome: 'unknown' }) {
  if (check.outcome === 'unknown') {
    const actor = { kind: 'token', id: 'unknown' } as const;
    return {
      reason: 'unknown token',
      actor,
      opened: 'all',
      detail: `This token is not known here: ${REMEDY}.`,
    } as const;
  }
  const { tokenId: id, name, role, accounts, agentIdentities, expiresAt, revokedAt } = check.token;
  if (check.outcome === 'good') return { kind: 'token', id, name, role, accounts, agentIdentities } as const;
  const since =
    check.outcome === 'expired'
      ? `expired at ${expiresAt.toISOString()}`
      : `was revoked at ${revokedAt?.toISOString()}`;
  const reason = `${check.outcome} token` as const;
  return {
    reason,
    actor: { kind: 'token', id, role },
    opened: accounts,
    detail: `This token ${since}: ${REMEDY}.`,
  } as const;
}

/** In the audit log of the accounts that the token opens; of those for all, in that of the installation's own. */
async function noteFailure(c: Context<RecordsEnv>, api: Api, { reason, actor, opened }: Failure): Promise<void> {
  const details = { ...describeRequest(c).details, remoteAddress: remoteAddressOf(c, api.access) };
  // A refusal stays one, whether it can be written down or not.
  await api.accessAudit
    .failed({ accounts: opened === 'all' ? [api.accountSid] : opened, actor, reason, details })
    .catch((error: unknown) => api.logError(error as Error));
}

/** Source of the header: RFC 6750, section 3. */
function refuse(detail: string, error?: string): Response {
  const challenge = `Bearer realm="onrecord records"${error === undefined ? '' : `, error="${error}"`}`;
  return problem('unauthorized', detail, { 'www-authenticate': challenge });
}
