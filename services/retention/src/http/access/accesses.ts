import { createRoute, z } from '@hono/zod-openapi';
import { ROLES } from '../../domain/roles.ts';
import { accountQuery } from '../account-of.ts';
import { pageQuery, readPage } from '../pages.ts';
import type { RecordsApi } from '../records-api.ts';
import { json, newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import { moment, namedMoment, recordingSid } from '../schemas.ts';
import { accountsOf, permit } from './principal.ts';

const accessSchema = z
  .object({
    accountSid: z.string(),
    recordingSid,
    at: moment,
    what: z.enum(['audio', 'text']),
    format: z.string(),
    byteRange: z.string().optional(),
    purpose: z.string().optional(),
    principal: z.object({ kind: z.enum(['token', 'person']), id: z.string(), name: z.string(), role: z.enum(ROLES) }),
    remoteAddress: z.string().optional(),
  })
  .openapi('Access');

const accessesRoute = createRoute({
  method: 'get',
  path: '/v1/accesses',
  middleware: [permit('accesses:read')] as const,
  summary: 'Who heard or read what, and why, newest first',
  request: {
    query: z.strictObject({
      ...accountQuery,
      recordingSid: recordingSid.optional(),
      principal: z.string().max(255).optional().openapi({ description: 'The id of a token, or of a person.' }),
      since: namedMoment.optional(),
      until: namedMoment.optional().openapi({ description: 'Before this moment.' }),
      ...pageQuery,
    }),
  },
  responses: {
    ...tokenAnswer,
    200: json(z.object({ accesses: z.array(accessSchema), next: z.string().optional() }), 'One page.'),
    400: problemAnswer('The query is not usable.'),
  },
});

/** The number of an access, which grows. */
const position = z.tuple([z.string().regex(/^\d{1,19}$/)]);

const asDate = (text: string | undefined) => (text === undefined ? undefined : new Date(text));

export function accessRoutes(api: Pick<RecordsApi, 'accesses' | 'reader' | 'token'>) {
  return newRoutes().openapi(accessesRoute, async (c) => {
    const { accountSid, recordingSid: sid, principal, since, until, ...asked } = c.req.valid('query');
    const page = readPage(c, api, asked, position);
    const found = await api.accesses.list({
      accounts: await accountsOf(c, api, accountSid),
      recordingSid: sid,
      principalId: principal,
      since: asDate(since),
      until: asDate(until),
      before: page.after && BigInt(page.after[0]),
      limit: page.lookFor,
    });
    const { items, next } = page.cut(found, (last): [string] => [String(last.accessId)]);
    const accesses = items.map(({ accessId: _, at, ...access }) => ({ ...access, at: at.toISOString() }));
    return c.json({ accesses, next }, 200);
  });
}
