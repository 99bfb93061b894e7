import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Actor } from '../../domain/actor.ts';
import { actedBefore, holdActor, whyNotAnother } from '../../domain/another-person.ts';
import type { Hold, ReleaseStep } from '../../domain/hold.ts';
import { actorOf, permit, type RecordsEnv } from '../access/principal.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import { json, newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import { holdId, holdSchema, releaseRequest } from './hold-schemas.ts';
import { viewHold } from './hold-views.ts';
import { findHold } from './holds.ts';

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

type Api = Pick<RecordsApi, 'holds' | 'reader' | 'token' | 'tokens' | 'people'>;

export function holdReleaseRoutes(api: Api) {
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
      await requireAnother(c, api, hold);
      const step = await holds.approveRelease(accountSid, hold.holdId, actorOf(c));
      return c.json(viewHold(accountSid, taken(step)), 200);
    });
}

/** Who placed a hold and who asked for its release are never others again. @throws ProblemError */
async function requireAnother(c: Context<RecordsEnv>, { tokens, people }: Api, hold: Hold): Promise<void> {
  // The hold itself says why that is refused.
  if (hold.release !== undefined) return;
  if (hold.releaseRequest === undefined) throw new ProblemError('conflict', 'Nobody has asked for its release yet.');
  const withGiver = async (actor: Actor) =>
    holdActor(actor, actor.kind === 'token' ? (await tokens.find(actor.id))?.createdBy : undefined);
  const approver = await withGiver(actorOf(c));
  const before = actedBefore(hold);
  // Said by the hold in other words.
  if (before.includes(approver.name)) return;
  const earlier = await Promise.all(before.map((name) => withGiver(actorNamed(name))));
  const why = whyNotAnother(approver, earlier, people !== undefined);
  if (why !== undefined) throw new ProblemError('conflict', why);
}

function actorNamed(name: string): Actor {
  const colon = name.indexOf(':');
  return { kind: name.slice(0, colon) as Actor['kind'], id: name.slice(colon + 1) };
}

/** @throws ProblemError for what was refused */
function taken(step: ReleaseStep | undefined) {
  if (step === undefined) throw new ProblemError('not-found', 'The hold is not known.');
  if (step.outcome === 'refused') throw new ProblemError('conflict', step.reason);
  return step.hold;
}
