import { createRoute, z } from '@hono/zod-openapi';
import { notConfigured } from '@onrecord/shared/twilio/accounts';
import { viewErasure } from '../../erasures/view-erasure.ts';
import { accountsOf, actorOf, permit } from '../access/principal.ts';
import { accountOf } from '../account-of.ts';
import { pageQuery, readPage } from '../pages.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import { json, newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import { recordingSid } from '../schemas.ts';
import {
  erasureDetailSchema,
  erasureId,
  erasureRequestSchema,
  erasureSchema,
  viewItem,
  viewResidue,
} from './erasure-schemas.ts';

const requestRoute = createRoute({
  method: 'post',
  path: '/v1/erasures',
  middleware: [permit('erasures:write')] as const,
  summary: 'Erase everything held on a telephone number, or of a call',
  description: 'The answer is the same whether anything is known of the subject or not.',
  request: { body: { required: true, content: { 'application/json': { schema: erasureRequestSchema } } } },
  responses: {
    ...tokenAnswer,
    202: json(erasureSchema, 'The erasure begins.'),
    200: json(erasureSchema, 'One of the same subject was not completed, and covers what was there up to now, too.'),
    400: problemAnswer('The request is not usable.'),
    404: problemAnswer('No account that the token sees has such a call.'),
  },
});

const listRoute = createRoute({
  method: 'get',
  path: '/v1/erasures',
  middleware: [permit('erasures:read')] as const,
  summary: 'Erasures, newest first',
  request: { query: z.strictObject(pageQuery) },
  responses: {
    ...tokenAnswer,
    200: json(z.object({ erasures: z.array(erasureSchema), next: z.string().optional() }), 'One page.'),
    400: problemAnswer('The query is not usable.'),
  },
});

const detailRoute = createRoute({
  method: 'get',
  path: '/v1/erasures/{erasureId}',
  middleware: [permit('erasures:read')] as const,
  summary: 'One erasure: what became of each recording and why, and what is left elsewhere until when',
  request: { params: z.object({ erasureId }), query: z.strictObject(pageQuery) },
  responses: {
    ...tokenAnswer,
    200: json(erasureDetailSchema, 'The erasure, with one page of its items.'),
    404: problemAnswer('No account has such an erasure.'),
  },
});

/** When it was requested, and its id: the order of the list. */
const position = z.tuple([z.iso.datetime(), erasureId]);

export function erasureRoutes(api: RecordsApi) {
  const { erasures, reader, clock, onDue } = api;
  return newRoutes()
    .openapi(requestRoute, async (c) => {
      const { accountSid: asked, number, callSid } = c.req.valid('json');
      const accountSid = await accountOf(c, api, { callSid }, asked);
      if (asked !== undefined && !reader.isConfigured(asked)) {
        throw new ProblemError('bad-request', `accountSid: ${notConfigured(asked)}.`);
      }
      const subject = number === undefined ? { callSid: callSid ?? '' } : { e164: number };
      const { erasure, isNew } = await erasures.request({ accountSid, subject, requestedBy: actorOf(c) });
      onDue(clock());
      return c.json(viewErasure(erasure), isNew ? 202 : 200);
    })
    .openapi(listRoute, async (c) => {
      const page = readPage(c, api, c.req.valid('query'), position);
      const after = page.after && { requestedAt: new Date(page.after[0]), erasureId: page.after[1] };
      const found = await erasures.list(await accountsOf(c, api), after, page.lookFor);
      const { items, next } = page.cut(found, (last) => [last.requestedAt.toISOString(), last.erasureId]);
      return c.json({ erasures: items.map(viewErasure), next }, 200);
    })
    .openapi(detailRoute, async (c) => {
      const { erasureId: id } = c.req.valid('param');
      const page = readPage(c, api, c.req.valid('query'), recordingSid);
      const found = await erasures.find(await accountsOf(c, api), id);
      if (found === undefined) throw new ProblemError('not-found', `No erasure ${id} is known.`);
      const { erasure, results, callsAtTwilio, residues } = found;
      const looked = await erasures.items(erasure, page.after ?? '', page.lookFor);
      const { items, next } = page.cut(looked, (last) => last.recordingSid);
      const detail = { ...viewErasure(erasure), results, callsAtTwilio, items: items.map(viewItem), next };
      return c.json({ ...detail, residues: residues.map(viewResidue) }, 200);
    });
}
