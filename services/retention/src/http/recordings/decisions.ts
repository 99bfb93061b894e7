import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { PURPOSES } from '../../domain/consent.ts';
import { permit, type RecordsEnv } from '../access/principal.ts';
import { accountOf, onlyAccount } from '../account-of.ts';
import { restrictionFor } from '../holds/hide-holds.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import { json, newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import { callSid, consentSchema, decisionSchema, moment, recordingSid } from '../schemas.ts';
import { unknownRecording } from './recordings.ts';

const explainedSchema = decisionSchema
  .extend({
    accountSid: z.string(),
    recordingSid,
    parties: z.array(
      z.object({
        callSid,
        side: z.enum(['from', 'to']),
        isPerson: z.boolean().openapi({ description: 'Who is on the leg; the other end is where it was placed from.' }),
        places: z.array(z.string()).openapi({ description: 'Codes of ISO 3166 that the number can be in.' }),
        tookPart: z.boolean().openapi({ description: 'False once it is known that the leg was never answered.' }),
        number: z.string().optional().openapi({ description: 'Masked, or a pseudonym.' }),
      }),
    ),
    answers: z.array(consentSchema).openapi({ description: 'Every answer that it was made from, oldest first.' }),
    standing: z.array(
      z.object({
        purpose: z.enum(PURPOSES),
        allowed: z.boolean(),
        until: moment.optional().openapi({ description: 'When an agreement ends that it takes.' }),
        agreed: z.array(z.string()),
        refused: z.array(z.string()),
        missing: z.array(z.string()),
      }),
    ),
    restriction: z.string().optional().openapi({
      description: 'Of the decision that holds, where an erasure covers the recording: until when, and why.',
    }),
    explanation: z.array(z.string()).openapi({
      description:
        'The same in plain words; of the decision that holds first what restricts the recording, and what is deleted since, when and why.',
    }),
  })
  .openapi('ExplainedDecision');

const oneRoute = createRoute({
  method: 'get',
  path: '/v1/recordings/{recordingSid}/decision',
  middleware: [permit('decisions:read')] as const,
  summary: 'Why a recording is kept, waits or goes, in plain words',
  request: { params: z.object({ recordingSid }), query: onlyAccount },
  responses: {
    ...tokenAnswer,
    200: json(explainedSchema, 'The decision that holds.'),
    404: problemAnswer('No account has such a recording, or nothing was decided on it yet.'),
    410: problemAnswer('The decision was removed with what was known of the recording.'),
  },
});

const allRoute = createRoute({
  method: 'get',
  path: '/v1/recordings/{recordingSid}/decisions',
  middleware: [permit('decisions:read')] as const,
  summary: 'Every decision on a recording, newest first',
  request: { params: z.object({ recordingSid }), query: onlyAccount },
  responses: {
    ...tokenAnswer,
    200: json(z.object({ decisions: z.array(explainedSchema) }), 'The decisions, none where nothing was decided yet.'),
    404: problemAnswer('No account has such a recording.'),
  },
});

export function decisionRoutes(api: Pick<RecordsApi, 'reader' | 'accountSid'>) {
  const { reader } = api;
  return newRoutes()
    .openapi(oneRoute, async (c) => {
      const { recordingSid: sid } = c.req.valid('param');
      const accountSid = await accountOf(c, api, { recordingSid: sid }, c.req.valid('query').accountSid);
      const [decision] = await reader.findDecisions(accountSid, sid, 'latest');
      if (decision !== undefined) return c.json(withRestriction(c, decision), 200);
      const recording = await reader.find(accountSid, sid);
      if (recording === undefined) throw unknownRecording(sid);
      if (recording.metadataRemovedAt !== undefined) throw new ProblemError('removed', `${sid}: ${recording.reason}`);
      throw new ProblemError('not-found', `Nothing was decided on ${sid} yet: Twilio has not reported it completed.`);
    })
    .openapi(allRoute, async (c) => {
      const { recordingSid: sid } = c.req.valid('param');
      const accountSid = await accountOf(c, api, { recordingSid: sid }, c.req.valid('query').accountSid);
      const decisions = await reader.findDecisions(accountSid, sid);
      if (decisions.length === 0 && !(await reader.isRecordingKnown(accountSid, sid))) throw unknownRecording(sid);
      return c.json({ decisions: decisions.map((each) => withRestriction(c, each)) }, 200);
    });
}

/** A decision that clears a recording says nothing of an erasure, under which nobody reads it in ordinary use. */
function withRestriction<Told extends { restriction?: string | undefined; explanation: string[] }>(
  c: Context<RecordsEnv>,
  decision: Told,
): Told {
  const restriction = restrictionFor(c, decision);
  if (restriction === undefined) return decision;
  const told = `The recording is restricted, and is not read in ordinary use: ${restriction}`;
  return { ...decision, restriction, explanation: [told, ...decision.explanation] };
}
