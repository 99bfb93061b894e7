import { z } from '@hono/zod-openapi';
import { ROLES } from '../../domain/roles.ts';
import { type ApiToken, tokenState } from '../../domain/token.ts';
import { accountSid, moment, namedMoment } from '../schemas.ts';

const ACCOUNTS_MAX = 100;
const IDENTITIES_MAX = 20;

const identity = z
  .string()
  .max(255)
  .regex(
    /^(client:|sips?:)[^\s]+$|^\+[1-9]\d{6,14}$/,
    'give client:NAME, sip:ADDRESS, or a number such as +14155550100',
  );

/** What a token is to open, as it is asked for. */
export const tokenRequest = z.strictObject({
  name: z
    .string('say what the token is for, such as "quality reviews"')
    .trim()
    .min(1, 'say what the token is for, such as "quality reviews"')
    .max(100, 'give at most 100 characters'),
  role: z.enum(ROLES, `give one of ${ROLES.join(', ')}`),
  accounts: z
    .union([z.literal('all'), z.array(accountSid).min(1).max(ACCOUNTS_MAX)], 'give "all", or a list of AccountSids')
    .openapi({ description: '`all` takes in accounts that are still to come.' }),
  agentIdentities: z.array(identity).min(1).max(IDENTITIES_MAX).optional().openapi({
    description:
      'Of the role agent, and of it alone: the ends of call legs that are this agent’s, such as client:alice.',
  }),
  expiresAt: namedMoment.optional().openapi({ description: 'In 90 days, where it is absent.' }),
});

const actor = z.object({ kind: z.string(), id: z.string(), role: z.string().optional() });
export const tokenId = z
  .string()
  .regex(/^[0-9a-f]{24}$/, 'a token is named by 24 hexadecimal digits, as `GET /v1/tokens` lists them');

export const tokenSchema = z
  .object({
    tokenId,
    name: z.string(),
    role: z.enum(ROLES),
    accounts: z.union([z.literal('all'), z.array(z.string())]),
    agentIdentities: z.array(z.string()).optional(),
    state: z.enum(['active', 'expired', 'revoked']),
    createdAt: moment,
    createdBy: actor,
    expiresAt: moment,
    lastUsedAt: moment.optional().openapi({ description: 'To the minute.' }),
    revokedAt: moment.optional(),
    revokedBy: actor.optional(),
  })
  .openapi('Token');

/** A token as it is shown. */
export const viewToken = (token: ApiToken, now: Date): z.output<typeof tokenSchema> => ({
  tokenId: token.tokenId,
  name: token.name,
  role: token.role,
  accounts: token.accounts === 'all' ? 'all' : [...token.accounts],
  agentIdentities: token.agentIdentities && [...token.agentIdentities],
  state: tokenState(token, now),
  createdAt: token.createdAt.toISOString(),
  createdBy: token.createdBy,
  expiresAt: token.expiresAt.toISOString(),
  lastUsedAt: token.lastUsedAt?.toISOString(),
  revokedAt: token.revokedAt?.toISOString(),
  revokedBy: token.revokedBy,
});
