import { createRoute, z } from '@hono/zod-openapi';
import { accountsOf, permit } from '../access/principal.ts';
import { accountQuery } from '../account-of.ts';
import { pageQuery, readPage } from '../pages.ts';
import type { RecordsApi } from '../records-api.ts';
import { json, newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import { callSid, conferenceSid, consentSchema, purpose } from '../schemas.ts';
import { phoneNumber } from './consent-request.ts';

/** When it was given, and its id: the order of the list. */
const position = z.tuple([z.iso.datetime(), z.string()]);

const listRoute = createRoute({
  method: 'get',
  path: '/v1/consents',
  middleware: [permit('consents:read')] as const,
  summary: 'Answers, newest first',
  request: {
    query: z.strictObject({
      ...accountQuery,
      callSid: callSid.optional(),
      conferenceSid: conferenceSid.optional(),
      number: phoneNumber.optional().openapi({ description: 'What the holder of the number answered by it.' }),
      party: z.string().max(64).optional(),
      outcome: z.enum(['granted', 'refused', 'withdrawn']).optional(),
      purpose: purpose.optional(),
      method: z.string().max(64).optional(),
      ...pageQuery,
    }),
  },
  responses: {
    ...tokenAnswer,
    200: json(
      z.object({
        consents: z.array(consentSchema.extend({ accountSid: z.string(), number: z.string().optional() })),
        next: z.string().optional(),
      }),
      'One page; `next` is there while there are more.',
    ),
    400: problemAnswer('The query is not usable.'),
  },
});

export function consentListRoutes(api: Pick<RecordsApi, 'reader' | 'token'>) {
  return newRoutes().openapi(listRoute, async (c) => {
    const { accountSid, limit, cursor, ...filters } = c.req.valid('query');
    const page = readPage(c, api, { limit, cursor }, position);
    const accounts = await accountsOf(c, api, accountSid);
    const after = page.after && { recordedAt: new Date(page.after[0]), consentId: page.after[1] };
    const found = await api.reader.listConsents({ accounts, ...filters, after, limit: page.lookFor });
    const { items: consents, next } = page.cut(found, (last) => [last.recordedAt, last.consentId]);
    return c.json({ consents, next }, 200);
  });
}
