import { createRoute, z } from '@hono/zod-openapi';
import { accountOf, onlyAccount } from './account-of.ts';
import { permit } from './principal.ts';
import { ProblemError } from './problems.ts';
import { callSchema } from './recording-schemas.ts';
import type { RecordsApi } from './records-api.ts';
import { json, newRoutes, problemAnswer, tokenAnswer } from './routes.ts';
import { callSid } from './schemas.ts';

const callRoute = createRoute({
  method: 'get',
  path: '/v1/calls/{callSid}',
  middleware: [permit('calls:read')] as const,
  summary: 'A call by any of its legs: legs, answers and recordings',
  request: { params: z.object({ callSid }), query: onlyAccount },
  responses: {
    ...tokenAnswer,
    200: json(callSchema, 'The call.'),
    404: problemAnswer('No account has such a call.'),
  },
});

export function callRoutes(api: Pick<RecordsApi, 'reader' | 'accountSid'>) {
  return newRoutes().openapi(callRoute, async (c) => {
    const { callSid: sid } = c.req.valid('param');
    const accountSid = await accountOf(c, api, { callSid: sid }, c.req.valid('query').accountSid);
    const call = await api.reader.findCall(accountSid, sid);
    if (call === undefined) throw new ProblemError('not-found', `No call ${sid} is known.`);
    return c.json(call, 200);
  });
}
