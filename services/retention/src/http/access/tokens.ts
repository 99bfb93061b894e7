import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { isWithin, type TokenGrant } from '../../domain/token.ts';
import { pageQuery, readPage } from '../pages.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import { refuseNumbers } from '../refuse-numbers.ts';
import { json, newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import { accountSid } from '../schemas.ts';
import { accountsOf, actorOf, type Principal, permit, type RecordsEnv } from './principal.ts';
import { tokenId, tokenRequest, tokenSchema, viewToken } from './token-schemas.ts';

/** Where a request names no end. */
const LIFETIME_DEFAULT_MS = 90 * 86_400_000;

const createTokenRoute = createRoute({
  method: 'post',
  path: '/v1/tokens',
  middleware: [permit('tokens:write')] as const,
  summary: 'Make a token; its secret is in this answer and nowhere else',
  request: { body: { required: true, content: { 'application/json': { schema: tokenRequest } } } },
  responses: {
    ...tokenAnswer,
    201: json(createdSchema(), 'The token, and what is to be sent as it.'),
    400: problemAnswer('The request is not usable.'),
    403: problemAnswer('The role of the token may not do this, or the new one would open more than it does.'),
    422: problemAnswer('Its name looks like a telephone number.'),
  },
});

function createdSchema() {
  const unknownAccounts = z.array(accountSid).openapi({
    description: 'Of those that it opens: neither configured nor in the ledger. It opens them once they come.',
  });
  return z.object({ token: tokenSchema, secret: z.string(), unknownAccounts });
}

const listRoute = createRoute({
  method: 'get',
  path: '/v1/tokens',
  middleware: [permit('tokens:read')] as const,
  summary: 'Tokens that open nothing beyond the accounts of the own one, newest first, without their secrets',
  request: { query: z.strictObject(pageQuery) },
  responses: {
    ...tokenAnswer,
    200: json(z.object({ tokens: z.array(tokenSchema), next: z.string().optional() }), 'One page.'),
    400: problemAnswer('The query is not usable.'),
  },
});

const revokeRoute = createRoute({
  method: 'delete',
  path: '/v1/tokens/{tokenId}',
  middleware: [permit('tokens:write')] as const,
  summary: 'Revoke a token: it opens nothing from the next request on',
  request: { params: z.object({ tokenId }) },
  responses: {
    ...tokenAnswer,
    200: json(tokenSchema, 'The token, which is revoked now or was before.'),
    404: problemAnswer('There is no such token.'),
  },
});

/** When a token was made, and its id: the order of the list. */
const position = z.tuple([z.iso.datetime(), tokenId]);

type Api = Pick<RecordsApi, 'tokens' | 'access' | 'reader' | 'token' | 'clock'>;

export function tokenRoutes(api: Api) {
  const { tokens, clock } = api;
  return newRoutes()
    .openapi(createTokenRoute, async (c) => {
      const { expiresAt, ...asked } = c.req.valid('json');
      const grant = { ...asked, expiresAt: lifetimeOf(expiresAt, api) };
      checkGrant(grant, c.get('principal'));
      refuseNumbers('name', grant.name);
      const { token, secret } = await tokens.create(grant, await changeOf(c, api));
      const unknownAccounts = await unknownOf(c, api, grant.accounts);
      const made = { token: viewToken(token, clock()), secret, unknownAccounts };
      return c.json(made, 201, { 'cache-control': 'no-store' });
    })
    .openapi(listRoute, async (c) => {
      const page = readPage(c, api, c.req.valid('query'), position);
      const after = page.after && { createdAt: new Date(page.after[0]), tokenId: page.after[1] };
      const found = await tokens.list(c.get('principal').accounts, after, page.lookFor);
      const { items, next } = page.cut(found, (last) => [last.createdAt.toISOString(), last.tokenId]);
      return c.json({ tokens: items.map((token) => viewToken(token, clock())), next }, 200);
    })
    .openapi(revokeRoute, async (c) => {
      const { tokenId: id } = c.req.valid('param');
      const revoked = await tokens.revoke(id, c.get('principal').accounts, await changeOf(c, api));
      if (revoked === undefined) throw new ProblemError('not-found', `No token ${id} is known.`);
      return c.json(viewToken(revoked, clock()), 200);
    });
}

const changeOf = async (c: Context<RecordsEnv>, api: Api) => ({ by: actorOf(c), accounts: await accountsOf(c, api) });

/** @throws ProblemError where the token would be over before it began, or live too long */
function lifetimeOf(asked: string | undefined, { clock, access: { tokenLifetimeMaxMs } }: Api): Date {
  const now = clock().getTime();
  const latest = new Date(now + tokenLifetimeMaxMs);
  if (asked === undefined) return new Date(now + Math.min(LIFETIME_DEFAULT_MS, tokenLifetimeMaxMs));
  const expiresAt = new Date(asked);
  if (expiresAt.getTime() <= now)
    throw new ProblemError('bad-request', `expiresAt: ${asked} has passed; name a later time.`);
  if (expiresAt > latest) {
    const remedy = `name a time until ${latest.toISOString()}, or raise TOKEN_LIFETIME_MAX`;
    throw new ProblemError('bad-request', `expiresAt: ${asked} is too far away; ${remedy}.`);
  }
  return expiresAt;
}

/** @throws ProblemError */
function checkGrant({ role, accounts, agentIdentities }: TokenGrant, { accounts: own }: Principal): void {
  if ((role === 'agent') !== (agentIdentities !== undefined)) {
    const remedy =
      role === 'agent' ? 'name whose calls the agent sees, such as client:alice' : 'only the role agent has them';
    throw new ProblemError('bad-request', `agentIdentities: ${remedy}.`);
  }
  if (!isWithin(accounts, own)) {
    throw new ProblemError(
      'beyond',
      `accounts: name only those that your own token opens: ${[own].flat().join(', ')}.`,
    );
  }
}

/** A token for an account that nobody has, such as one of a misspelt SID, opens nothing without a word. */
async function unknownOf(c: Context<RecordsEnv>, { reader }: Api, accounts: TokenGrant['accounts']): Promise<string[]> {
  if (accounts === 'all' || c.get('principal').accounts !== 'all') return [];
  const known = new Set(await reader.accounts());
  return accounts.filter((each) => !known.has(each));
}
