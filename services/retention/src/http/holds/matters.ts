import { createRoute, z } from '@hono/zod-openapi';
import { accountsOf, actorOf, permit } from '../access/principal.ts';
import { accountOf } from '../account-of.ts';
import { pageQuery, readPage } from '../pages.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import { refuseNumbers } from '../refuse-numbers.ts';
import { json, newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import { matterId, matterRequest, matterSchema, viewMatter } from './hold-schemas.ts';

const openRoute = createRoute({
  method: 'post',
  path: '/v1/matters',
  middleware: [permit('holds:write')] as const,
  summary: 'Open a matter, for which holds are placed',
  request: { body: { required: true, content: { 'application/json': { schema: matterRequest } } } },
  responses: {
    ...tokenAnswer,
    201: json(matterSchema, 'The matter.'),
    400: problemAnswer('The request is not usable.'),
    422: problemAnswer('Its name looks like a telephone number.'),
  },
});

const listRoute = createRoute({
  method: 'get',
  path: '/v1/matters',
  middleware: [permit('holds:read')] as const,
  summary: 'Matters, newest first',
  request: { query: z.strictObject(pageQuery) },
  responses: {
    ...tokenAnswer,
    200: json(z.object({ matters: z.array(matterSchema), next: z.string().optional() }), 'One page.'),
    400: problemAnswer('The query is not usable.'),
  },
});

const detailRoute = createRoute({
  method: 'get',
  path: '/v1/matters/{matterId}',
  middleware: [permit('holds:read')] as const,
  summary: 'One matter',
  request: { params: z.object({ matterId }) },
  responses: {
    ...tokenAnswer,
    200: json(matterSchema, 'The matter.'),
    404: problemAnswer('There is no such matter.'),
  },
});

const position = z.tuple([z.iso.datetime(), matterId]);

export function matterRoutes(api: Pick<RecordsApi, 'holds' | 'reader' | 'accountSid' | 'token'>) {
  const { holds } = api;
  return newRoutes()
    .openapi(openRoute, async (c) => {
      const { accountSid: asked, name } = c.req.valid('json');
      refuseNumbers('name', name);
      const accountSid = await accountOf(c, api, {}, asked);
      return c.json(viewMatter(accountSid, await holds.openMatter(accountSid, name, actorOf(c))), 201);
    })
    .openapi(listRoute, async (c) => {
      const page = readPage(c, api, c.req.valid('query'), position);
      const after = page.after && { at: new Date(page.after[0]), id: page.after[1] };
      const found = await holds.matters(await accountsOf(c, api), { after, limit: page.lookFor });
      const { items, next } = page.cut(found, ({ thing }) => [thing.openedAt.toISOString(), thing.matterId]);
      return c.json({ matters: items.map(({ accountSid, thing }) => viewMatter(accountSid, thing)), next }, 200);
    })
    .openapi(detailRoute, async (c) => {
      const { matterId: id } = c.req.valid('param');
      const [found] = await holds.matters(await accountsOf(c, api), { matterId: id, limit: 1 });
      if (found === undefined) throw unknownMatter(id);
      return c.json(viewMatter(found.accountSid, found.thing), 200);
    });
}

export const unknownMatter = (id: string) => new ProblemError('not-found', `No matter ${id} is known.`);
