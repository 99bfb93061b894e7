import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Hold } from '../../domain/hold.ts';
import { accountsOf, actorOf, permit, type RecordsEnv } from '../access/principal.ts';
import { pageQuery, readPage } from '../pages.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import { json, newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import { recordingSid } from '../schemas.ts';
import { coveredSchema, heldSchema, holdId, holdRequest, holdSchema, matterId } from './hold-schemas.ts';
import { viewCovered, viewHold, viewInForce } from './hold-views.ts';
import { unknownMatter } from './matters.ts';

const placeRoute = createRoute({
  method: 'post',
  path: '/v1/holds',
  middleware: [permit('holds:write')] as const,
  summary: 'Place a hold: nothing that it covers is deleted from now on, recordings to come included',
  request: { body: { required: true, content: { 'application/json': { schema: holdRequest } } } },
  responses: {
    ...tokenAnswer,
    201: json(heldSchema, 'The hold, and what was already gone of what it covers.'),
    400: problemAnswer('The request is not usable, such as one that selects nothing.'),
    404: problemAnswer('There is no such matter.'),
  },
});

const listRoute = createRoute({
  method: 'get',
  path: '/v1/holds',
  middleware: [permit('holds:read')] as const,
  summary: 'Holds, newest first',
  request: {
    query: z.strictObject({
      matterId: matterId.optional(),
      recordingSid: recordingSid.optional().openapi({ description: 'Those that cover or covered this recording.' }),
      status: z.enum(['standing', 'released'], 'give standing or released').optional(),
      ...pageQuery,
    }),
  },
  responses: {
    ...tokenAnswer,
    200: json(z.object({ holds: z.array(holdSchema), next: z.string().optional() }), 'One page.'),
    400: problemAnswer('The query is not usable.'),
  },
});

const params = z.object({ holdId });
const noSuchHold = problemAnswer('There is no such hold.');

const detailRoute = createRoute({
  method: 'get',
  path: '/v1/holds/{holdId}',
  middleware: [permit('holds:read')] as const,
  summary: 'One hold: how far it has come, and what was gone when it came',
  request: { params },
  responses: { ...tokenAnswer, 200: json(heldSchema, 'The hold.'), 404: noSuchHold },
});

const coveredRoute = createRoute({
  method: 'get',
  path: '/v1/holds/{holdId}/recordings',
  middleware: [permit('holds:read')] as const,
  summary: 'The recordings that a hold covers or covered',
  request: { params, query: z.strictObject(pageQuery) },
  responses: {
    ...tokenAnswer,
    200: json(z.object({ recordings: z.array(coveredSchema), next: z.string().optional() }), 'One page.'),
    400: problemAnswer('The query is not usable.'),
    404: noSuchHold,
  },
});

type Api = Pick<RecordsApi, 'holds' | 'reader' | 'token'>;

/** What a hold's own answer lists of what had begun to be deleted. */
const ITEMS_MAX = 100;

/** @throws ProblemError for one that the request may not see */
export async function findHold(c: Context<RecordsEnv>, api: Api, id: string) {
  const found = await api.holds.find(await accountsOf(c, api), id);
  if (found === undefined) throw new ProblemError('not-found', `No hold ${id} is known.`);
  return { accountSid: found.accountSid, hold: found.thing };
}

async function inForce({ holds }: Api, accountSid: string, hold: Hold) {
  const items = await holds.covered(accountSid, hold.holdId, { after: '', limit: ITEMS_MAX, begunOnly: true });
  const coverage = await holds.coverage(accountSid, hold.holdId);
  const begun = { items, ...(await holds.callsBegun(accountSid, hold)) };
  return viewInForce(viewHold(accountSid, hold), coverage, begun, await holds.whyLedgerAlone());
}

const toMoment = (text: string | undefined) => (text === undefined ? undefined : new Date(text));

export function holdRoutes(api: Api) {
  const { holds } = api;
  return newRoutes()
    .openapi(placeRoute, async (c) => {
      const { accountSid: asked, matterId: id, selector, reason } = c.req.valid('json');
      const [matter] = await holds.matters(await accountsOf(c, api), { matterId: id, limit: 1 });
      if (matter === undefined || (asked ?? matter.accountSid) !== matter.accountSid) throw unknownMatter(id);
      const { from, until } = selector;
      const period = { from: toMoment(from), until: toMoment(until) };
      const order = { matterId: id, selector: { ...selector, ...period }, reason };
      const hold = await holds.place(matter.accountSid, order, actorOf(c));
      return c.json(await inForce(api, matter.accountSid, hold), 201);
    })
    .openapi(listRoute, async (c) => {
      const { limit, cursor, ...filter } = c.req.valid('query');
      const page = readPage(c, api, { limit, cursor }, z.tuple([z.iso.datetime(), holdId]));
      const after = page.after && { at: new Date(page.after[0]), id: page.after[1] };
      const found = await holds.list(await accountsOf(c, api), { ...filter, after, limit: page.lookFor });
      const { items, next } = page.cut(found, ({ thing }) => [thing.placedAt.toISOString(), thing.holdId]);
      return c.json({ holds: items.map(({ accountSid, thing }) => viewHold(accountSid, thing)), next }, 200);
    })
    .openapi(detailRoute, async (c) => {
      const { accountSid, hold } = await findHold(c, api, c.req.valid('param').holdId);
      return c.json(await inForce(api, accountSid, hold), 200);
    })
    .openapi(coveredRoute, async (c) => {
      const { accountSid, hold } = await findHold(c, api, c.req.valid('param').holdId);
      const page = readPage(c, api, c.req.valid('query'), recordingSid);
      const query = { after: page.after ?? '', limit: page.lookFor, begunOnly: false };
      const { items, next } = page.cut(
        await holds.covered(accountSid, hold.holdId, query),
        (last) => last.recordingSid,
      );
      return c.json({ recordings: items.map(viewCovered), next }, 200);
    });
}
