import { createRoute, z } from '@hono/zod-openapi';
import { notConfigured } from '@onrecord/shared/twilio/accounts';
import { type ConsentGiven, recordConsent } from '../../clearance/record-consent.ts';
import { RECORDING_STATES, stateOf } from '../../domain/state.ts';
import { tellOutlook } from '../../domain/tell-outlook.ts';
import type { GivenConsent } from '../../ledger/consents.ts';
import type { RecordsReader } from '../../ledger/read/reader.ts';
import { tellRemoved } from '../../ledger/read/recording-list.ts';
import { viewDecision } from '../../ledger/read/views.ts';
import { actorOf, permit } from '../access/principal.ts';
import { accountOf } from '../account-of.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import { json, newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import { decisionSchema, recordingSid } from '../schemas.ts';
import { type ConsentRequest, consentRequest } from './consent-request.ts';

/** Clocks differ by seconds; an answer dated further ahead would beat every one that is given until then. */
const CLOCK_SKEW_MAX_MS = 60_000;

const consentRoute = createRoute({
  method: 'post',
  path: '/v1/consents',
  middleware: [permit('consents:write')] as const,
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
    ...tokenAnswer,
    201: json(recordedSchema(), 'The answer is recorded; the recordings that it bears on are decided on.'),
    200: json(recordedSchema(), 'The answer was recorded before.'),
    400: problemAnswer('The answer is not usable, or from the future.'),
    410: problemAnswer('What was known of the call or conference was removed; nothing was recorded.'),
    422: problemAnswer('The Idempotency-Key was used for another answer on this call or conference.'),
  },
});

function recordedSchema() {
  const recording = z.object({
    recordingSid,
    state: z.enum(RECORDING_STATES),
    decision: decisionSchema.optional(),
    outlook: z.string().optional().openapi({
      description:
        'Where something of it goes or is gone: what, when it begins, and whether a later agreement changes that.',
    }),
  });
  return z.object({
    consentId: z.string(),
    known: z.boolean().openapi({
      description:
        'False while nothing was reported of the call or conference: it is still to come, or the SID is wrong.',
    }),
    recordings: z.array(recording),
    later: z.number().int().openapi({
      description: 'How many more recordings it bears on: they are decided on next, and not waited for.',
    }),
  });
}

export function consentRoutes(api: RecordsApi) {
  const { ledger, reader, clock } = api;
  return newRoutes().openapi(consentRoute, async (c) => {
    const { accountSid: asked, ...body } = c.req.valid('json');
    // First, because whether an account is configured is nothing for those who may not see it.
    const accountSid = await accountOf(c, api, body, asked);
    if (asked !== undefined && !reader.isConfigured(asked)) {
      throw new ProblemError('bad-request', `accountSid: ${notConfigured(asked)}.`);
    }
    const key = c.req.valid('header')['idempotency-key'];
    const now = clock();
    const consent = {
      ...body,
      accountSid,
      recordedAt: body.recordedAt === undefined ? now : new Date(body.recordedAt),
      expiresAt: body.expiresAt === undefined ? undefined : new Date(body.expiresAt),
      reference: `api:${key ?? api.newReference()}`,
    };
    if (consent.recordedAt.getTime() > now.getTime() + CLOCK_SKEW_MAX_MS) {
      throw new ProblemError(
        'bad-request',
        `recordedAt: an answer cannot be from the future; it is ${now.toISOString()}.`,
      );
    }
    if (consent.expiresAt !== undefined && consent.expiresAt <= consent.recordedAt) {
      throw new ProblemError('bad-request', 'expiresAt: give a moment after the answer was given.');
    }
    const refuseAnother = async () => {
      const known = await reader.findAnswer(accountSid, body, consent.reference);
      if (known === undefined || isSameAnswer(known, body, reader.isSameText)) return known;
      const said = `${known.party} ${known.outcome} at ${known.recordedAt.toISOString()}`;
      throw new ProblemError('key-reused', `This Idempotency-Key recorded another answer: ${said}.`);
    };
    const before = await refuseAnother();
    // Of somebody who was erased since: written again, the number would be back.
    if (before !== undefined && !isAsGiven(before, consent)) {
      const { consentId } = before;
      return c.json({ consentId, known: await reader.isPlaceKnown(accountSid, body), recordings: [], later: 0 }, 200);
    }
    const accepted = await recordConsent(ledger, consent, actorOf(c), { ...api, now });
    const { consentId, isNew, recordings, later } = accepted;
    if (accepted.isForgotten) throw await removed(reader, accountSid, body.callSid ?? body.conferenceSid ?? '');
    // Two requests with one key at the same moment: neither was there for the other to see.
    if (!isNew) await refuseAnother();
    const known = await reader.isPlaceKnown(accountSid, body);
    const decided = recordings.map((entry) => ({
      recordingSid: entry.facts.recording.recordingSid,
      state: stateOf(entry),
      decision: entry.decision && viewDecision(entry.decision),
      outlook: tellOutlook(entry, now),
    }));
    return c.json({ consentId, known, recordings: decided, later }, isNew ? 201 : 200);
  });
}

/** A recording of it that is reported so late is withheld whatever anybody answers. */
async function removed(reader: RecordsReader, accountSid: string, sid: string): Promise<ProblemError> {
  const removedAt = await reader.callRemovedAt(accountSid, sid);
  const told = removedAt === undefined ? '' : `${tellRemoved(removedAt)} `;
  return new ProblemError(
    'removed',
    `${sid}: ${told}No answer is recorded for it any more, and nothing of it is cleared.`,
  );
}

const isAsGiven = (known: GivenConsent, { party, number, reference }: ConsentGiven): boolean =>
  known.number === number && known.consentId.endsWith(`:${party}:${reference}`);

/** A request that names no time means now, each time that it is sent. */
const isSameAnswer = (
  known: GivenConsent,
  asked: Omit<ConsentRequest, 'accountSid'>,
  isSameText: RecordsReader['isSameText'],
): boolean =>
  isSameText(known.party, asked.party) &&
  isSameText(known.number, asked.number) &&
  known.expiresAt?.getTime() === (asked.expiresAt && Date.parse(asked.expiresAt)) &&
  known.outcome === asked.outcome &&
  known.method === asked.method &&
  known.purposes.toSorted().join() === asked.purposes.toSorted().join() &&
  (asked.recordedAt === undefined || known.recordedAt.getTime() === Date.parse(asked.recordedAt));
