import { createRoute, z } from '@hono/zod-openapi';
import { diagnosis } from '@onrecord/shared/events';
import { explainCall } from '../../explain-call.ts';
import { tellRemoved } from '../../ledger/read/recording-list.ts';
import { tellCall } from '../../tell-call.ts';
import { permit } from '../access/principal.ts';
import { accountOf, onlyAccount } from '../account-of.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import { json, newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import { callSid, moment } from '../schemas.ts';

const legSchema = z.object({
  callSid,
  parentCallSid: callSid.optional(),
  direction: z.string().optional(),
  status: z.string(),
  statusAt: moment,
  durationSeconds: z.number().optional(),
  sipResponseCode: z.number().int().optional(),
  diagnosis: diagnosis.optional(),
});

const alertSchema = z.object({
  alertSid: z.string(),
  callSid,
  level: z.string(),
  errorCode: z.string(),
  text: z.string().optional(),
  sipResponseCode: z.number().int().optional(),
  raisedAt: moment,
  diagnosis: diagnosis.optional(),
});

const explanationSchema = z
  .object({
    accountSid: z.string(),
    callSid,
    explanation: z
      .array(z.string())
      .openapi({ description: 'What happened and why, in plain words, a sentence each.' }),
    diagnosis: diagnosis.optional().openapi({ description: 'The likeliest cause; absent where nothing went wrong.' }),
    causedBy: callSid.optional().openapi({ description: 'The leg that the cause is of.' }),
    legs: z.array(legSchema),
    alerts: z.array(alertSchema),
  })
  .openapi('CallDiagnosis');

const diagnosisRoute = createRoute({
  method: 'get',
  path: '/v1/calls/{callSid}/diagnosis',
  middleware: [permit('calls:read')] as const,
  summary: 'Why a call went as it did: the likeliest cause, whether trying again helps, and the evidence',
  request: { params: z.object({ callSid }), query: onlyAccount },
  responses: {
    ...tokenAnswer,
    200: json(explanationSchema, 'The explanation.'),
    404: problemAnswer('Nothing was reported of such a call.'),
  },
});

export function diagnosisRoutes(api: Pick<RecordsApi, 'reader' | 'accountSid'>) {
  return newRoutes().openapi(diagnosisRoute, async (c) => {
    const { callSid: sid } = c.req.valid('param');
    const accountSid = await accountOf(c, api, { callSid: sid }, c.req.valid('query').accountSid);
    const evidence = await api.reader.findCallEvidence(accountSid, sid);
    if (evidence === undefined) {
      const removedAt = await api.reader.callRemovedAt(accountSid, sid);
      if (removedAt === undefined) throw new ProblemError('not-found', `Nothing was reported of the call ${sid}.`);
      return c.json({ accountSid, callSid: sid, explanation: [tellRemoved(removedAt)], legs: [], alerts: [] }, 200);
    }
    const explained = explainCall(evidence);
    const answer = {
      accountSid,
      callSid: sid,
      explanation: tellCall(sid, explained),
      diagnosis: explained.diagnosis,
      causedBy: explained.causedBy,
      legs: explained.legs.map((leg) => ({
        callSid: leg.callSid,
        parentCallSid: leg.parentCallSid,
        direction: leg.direction,
        status: leg.status,
        statusAt: leg.statusAt.toISOString(),
        durationSeconds: leg.durationSeconds,
        sipResponseCode: leg.sipResponseCode,
        diagnosis: leg.diagnosis,
      })),
      alerts: explained.alerts.map(({ details: _, raisedAt, ...alert }) => ({
        ...alert,
        raisedAt: raisedAt.toISOString(),
      })),
    };
    return c.json(answer, 200);
  });
}
