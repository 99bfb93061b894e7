import { createRoute, z } from '@hono/zod-openapi';
import type { ReleaseStep } from '../domain/hold.ts';
import { holdId, holdSchema, releaseRequest } from './hold-schemas.ts';
import { viewHold } from './hold-views.ts';
import { findHold } from './holds.ts';
import { actorOf, permit } from './principal.ts';
import { ProblemError } from './problems.ts';
import type { RecordsApi } from './records-api.ts';
import { json, newRoutes, problemAnswer, tokenAnswer } from './routes.ts';

const params = z.object({ holdId });
const responses = {
  ...tokenAnswer,
  200: json(holdSchema, 'The hold: released, or waiting for a second person.'),
  404: problemAnswer('There is no such hold.'),
  409: problemAnswer('It is released already, or another person has to do this.'),
};

const requestRoute = createRoute({
  method: 'post',
  path: '/v1/holds/{holdId}/release',
  middleware: [permit('holds:write')] as const,
  summary: 'Release a hold, or ask for it where that takes a second person',
  request: {
    params,
    body: { required: true, content: { 'application/json': { schema: releaseRequest } } },
  },
  responses: { ...responses, 400: problemAnswer('The request is not usable.') },
});

const approveRoute = createRoute({
  method: 'post',
  path: '/v1/holds/{holdId}/release/approval',
  middleware: [permit('holds:write')] as const,
  summary: 'Approve the release of a hold as the second person: neither who asked for it nor who placed the hold',
  request: { params },
  responses,
});

export function holdReleaseRoutes(api: Pick<RecordsApi, 'holds' | 'reader' | 'token'>) {
  const { holds } = api;
  return newRoutes()
    .openapi(requestRoute, async (c) => {
      const { accountSid, hold } = await findHold(c, api, c.req.valid('param').holdId);
      const { reason } = c.req.valid('json');
      const step = await holds.requestRelease(accountSid, hold.holdId, reason, actorOf(c));
      return c.json(viewHold(accountSid, taken(step)), 200);
    })
    .openapi(approveRoute, async (c) => {
      const { accountSid, hold } = await findHold(c, api, c.req.valid('param').holdId);
      const step = await holds.approveRelease(accountSid, hold.holdId, actorOf(c));
      return c.json(viewHold(accountSid, taken(step)), 200);
    });
}

/** @throws ProblemError for what was refused */
function taken(step: ReleaseStep | undefined) {
  if (step === undefined) throw new ProblemError('not-found', 'The hold is not known.');
  if (step.outcome === 'refused') throw new ProblemError('conflict', step.reason);
  return step.hold;
}
