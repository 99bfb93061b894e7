import { createRoute, z } from '@hono/zod-openapi';
import { ProblemError } from './problems.ts';
import { callSchema } from './recording-schemas.ts';
import type { RecordsApi } from './records-api.ts';
import { json, newRoutes, problemAnswer, tokenAnswer } from './routes.ts';
import { callSid } from './schemas.ts';

const callRoute = createRoute({
  method: 'get',
  path: '/v1/calls/{callSid}',
  summary: 'A call by any of its legs: legs, answers and recordings',
  request: { params: z.object({ callSid }) },
  responses: {
    ...tokenAnswer,
    200: json(callSchema, 'The call.'),
    404: problemAnswer('This account has no such call.'),
  },
});

export function callRoutes({ reader, accountSid }: Pick<RecordsApi, 'reader' | 'accountSid'>) {
  return newRoutes().openapi(callRoute, async (c) => {
    const { callSid: sid } = c.req.valid('param');
    const call = await reader.findCall(accountSid, sid);
    if (call === undefined) throw new ProblemError('not-found', `No call ${sid} is known.`);
    return c.json(call, 200);
  });
}
