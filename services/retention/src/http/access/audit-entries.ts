import { createRoute, z } from '@hono/zod-openapi';
import { AUDIT_KINDS } from '../../domain/audit-entry.ts';
import { accountQuery } from '../account-of.ts';
import { pageQuery, readPage } from '../pages.ts';
import type { RecordsApi } from '../records-api.ts';
import { json, newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import { accountSid, moment, recordingSid } from '../schemas.ts';
import { accountsOf, permit } from './principal.ts';

const entrySchema = z
  .looseObject({
    accountSid: z.string(),
    at: moment,
    kind: z.string(),
    actor: z.object({ kind: z.string(), id: z.string(), role: z.string().optional() }),
    subject: z.record(z.string(), z.string()),
    details: z.record(z.string(), z.unknown()),
    form: z.number().int(),
  })
  .openapi('AuditEntry');

const placedSchema = z.object({
  accountSid: z.string(),
  position: z.number().int().openapi({ description: 'In the log of the account, from 0 without gaps.' }),
  entry: entrySchema,
  canonical: z.string().openapi({ description: 'The exact text of the entry, RFC 8785: what is hashed.' }),
});

const listRoute = createRoute({
  method: 'get',
  path: '/v1/audit-entries',
  middleware: [permit('audit:read')] as const,
  summary: 'What happened and who did it, oldest first, in the order of the account’s log',
  request: {
    query: z.strictObject({
      ...accountQuery,
      kind: z.enum(AUDIT_KINDS, `give one of ${AUDIT_KINDS.join(', ')}`).optional(),
      recordingSid: recordingSid.optional(),
      ...pageQuery,
    }),
  },
  responses: {
    ...tokenAnswer,
    200: json(z.object({ entries: z.array(placedSchema), next: z.string().optional() }), 'One page.'),
    400: problemAnswer('The query is not usable.'),
  },
});

const position = z.tuple([accountSid, z.number().int().min(0)]);

export function auditRoutes(api: Pick<RecordsApi, 'reader' | 'token'>) {
  return newRoutes().openapi(listRoute, async (c) => {
    const { accountSid: asked, kind, recordingSid: sid, ...paging } = c.req.valid('query');
    // Of an account that the request may not see there is nothing, as of one that nobody has.
    const accounts = await accountsOf(c, api, asked);
    const page = readPage(c, api, paging, position);
    const after = page.after && { accountSid: page.after[0], position: page.after[1] };
    const found = await api.reader.auditEntries({ accounts, kind, recordingSid: sid, after, limit: page.lookFor });
    const { items, next } = page.cut(found, (last) => [last.accountSid, last.position]);
    const entries = items.map((each) => ({ ...each, entry: entrySchema.parse(JSON.parse(each.canonical)) }));
    return c.json({ entries, next }, 200);
  });
}
