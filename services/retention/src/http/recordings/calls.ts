import { createRoute, z } from '@hono/zod-openapi';
import { accountsOf, permit } from '../access/principal.ts';
import { accountOf, accountQuery, onlyAccount } from '../account-of.ts';
import { withEtag } from '../etag.ts';
import { nameFilter, numberFilter, sinceFilter, untilFilter } from '../filters.ts';
import { hideHolds } from '../holds/hide-holds.ts';
import { pageQuery, pageSchema, readPage, timeAndSid } from '../pages.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import { json, knownAnswer, newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import { callSid, conferenceSid } from '../schemas.ts';
import { callSchema, callSummarySchema } from './recording-schemas.ts';

const listRoute = createRoute({
  method: 'get',
  path: '/v1/calls',
  middleware: [permit('calls:read')] as const,
  summary: 'Legs of calls, by when their status last changed, newest first',
  request: {
    query: z.strictObject({
      ...accountQuery,
      number: numberFilter,
      direction: nameFilter.openapi({ description: 'As Twilio names it.', example: 'outbound-dial' }),
      conferenceSid: conferenceSid.optional(),
      status: nameFilter.openapi({ description: 'As Twilio names it.', example: 'busy' }),
      since: sinceFilter,
      until: untilFilter,
      ...pageQuery,
    }),
  },
  responses: {
    ...tokenAnswer,
    200: json(pageSchema('calls', callSummarySchema), 'One page; a leg whose status changes in between may be on two.'),
    400: problemAnswer('The query is not usable.'),
  },
});

const callRoute = createRoute({
  method: 'get',
  path: '/v1/calls/{callSid}',
  middleware: [permit('calls:read'), withEtag] as const,
  summary: 'A call by any of its legs: legs, answers and recordings',
  request: { params: z.object({ callSid }), query: onlyAccount },
  responses: {
    ...tokenAnswer,
    ...knownAnswer,
    200: json(callSchema, 'The call.'),
    404: problemAnswer('No account has such a call.'),
  },
});

export function callRoutes(api: Pick<RecordsApi, 'reader' | 'accountSid' | 'token'>) {
  return newRoutes()
    .openapi(listRoute, async (c) => {
      const { accountSid, limit, cursor, ...filters } = c.req.valid('query');
      const page = readPage(c, api, { limit, cursor }, timeAndSid);
      const accounts = await accountsOf(c, api, accountSid);
      const identities = c.get('principal').agentIdentities;
      const found = await api.reader.listCalls({
        ...filters,
        accounts,
        identities,
        after: page.after,
        limit: page.lookFor,
      });
      const { items: calls, next } = page.cut(found, (last) => [last.statusAt, last.callSid]);
      return c.json({ calls, next }, 200);
    })
    .openapi(callRoute, async (c) => {
      const { callSid: sid } = c.req.valid('param');
      const accountSid = await accountOf(c, api, { callSid: sid }, c.req.valid('query').accountSid);
      const call = await api.reader.findCall(accountSid, sid);
      if (call === undefined) throw new ProblemError('not-found', `No call ${sid} is known.`);
      return c.json({ ...call, recordings: call.recordings.map((each) => hideHolds(c, each)) }, 200);
    });
}
