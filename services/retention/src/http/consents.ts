import { createRoute, z } from '@hono/zod-openapi';
import { RECORDING_STATES, stateOf } from '../domain/state.ts';
import { viewDecision } from '../ledger/read/views.ts';
import { recordConsent } from '../record-consent.ts';
import { ProblemError } from './problems.ts';
import type { RecordsApi } from './records-api.ts';
import { json, newRoutes, problemAnswer } from './routes.ts';
import { callSid, conferenceSid, decisionSchema, moment, recordingSid } from './schemas.ts';

/** Clocks differ; an answer dated further ahead would beat every later one. */
const CLOCK_SKEW_MAX_MS = 300_000;

const name = z.string().regex(/^[\w .:-]{1,64}$/, 'give 1 to 64 letters, digits, spaces or . : _ -');

const consentRequest = z
  .strictObject({
    callSid: callSid.optional(),
    conferenceSid: conferenceSid.optional(),
    party: name.default('caller'),
    outcome: z.enum(['granted', 'refused']),
    purposes: z
      .array(z.enum(['record', 'transcribe']))
      .min(1)
      .max(2)
      .default(['record', 'transcribe']),
    method: name.default('operator'),
    promptVersion: name.optional(),
    language: name.optional(),
    recordedAt: moment.optional().openapi({ description: 'When the party answered; now, where it is absent.' }),
  })
  .refine((body) => (body.callSid === undefined) !== (body.conferenceSid === undefined), {
    error: 'name either a callSid or a conferenceSid',
  });

const consentRoute = createRoute({
  method: 'post',
  path: '/v1/consents',
  summary: 'Record an answer that was given elsewhere than in our own prompt',
  request: {
    headers: z.object({
      'idempotency-key': z
        .string()
        .regex(/^[\x21-\x7e]{1,128}$/, 'give 1 to 128 printable ASCII characters')
        .optional()
        .openapi({ description: 'The same key again is the same answer, and changes nothing.' }),
    }),
    body: { required: true, content: { 'application/json': { schema: consentRequest } } },
  },
  responses: {
    201: json(recordedSchema(), 'The answer is recorded; the recordings that it bears on are decided on.'),
    200: json(recordedSchema(), 'The answer was recorded before.'),
    422: problemAnswer('The Idempotency-Key was used for another answer, or the answer is from the future.'),
  },
});

function recordedSchema() {
  const recording = z.object({ recordingSid, state: z.enum(RECORDING_STATES), decision: decisionSchema.optional() });
  return z.object({ consentId: z.string(), recordings: z.array(recording) });
}

export function consentRoutes(api: RecordsApi) {
  const { ledger, reader, accountSid, clock } = api;
  return newRoutes().openapi(consentRoute, async (c) => {
    const { recordedAt, ...body } = c.req.valid('json');
    const key = c.req.valid('header')['idempotency-key'];
    const now = clock();
    const consent = {
      ...body,
      accountSid,
      recordedAt: recordedAt === undefined ? now : new Date(recordedAt),
      reference: `api:${key ?? api.newReference()}`,
    };
    if (consent.recordedAt.getTime() > now.getTime() + CLOCK_SKEW_MAX_MS) {
      throw new ProblemError('bad-request', 'recordedAt: an answer cannot be from the future.');
    }
    const { consentId, isNew, recordings } = await recordConsent(ledger, consent, { ...api, now });
    const known = isNew ? undefined : await reader.findConsent(accountSid, consentId);
    if (known !== undefined && !isSameAnswer(known, consent)) {
      throw new ProblemError('key-reused', `This Idempotency-Key recorded "${known.outcome}" for ${known.party}.`);
    }
    const decided = recordings.map((entry) => ({
      recordingSid: entry.facts.recording.recordingSid,
      state: stateOf(entry),
      decision: entry.decision && viewDecision(entry.decision),
    }));
    return c.json({ consentId, recordings: decided }, isNew ? 201 : 200);
  });
}

interface Answer {
  outcome: string;
  purposes: readonly string[];
}

const isSameAnswer = (a: Answer, b: Answer): boolean =>
  a.outcome === b.outcome && a.purposes.toSorted().join() === b.purposes.toSorted().join();
