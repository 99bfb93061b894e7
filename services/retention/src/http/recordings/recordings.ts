import { createRoute, z } from '@hono/zod-openapi';
import { rolesWith } from '../../domain/roles.ts';
import { RECORDING_STATES } from '../../domain/state.ts';
import { accountsOf, permit } from '../access/principal.ts';
import { accountOf, accountQuery, onlyAccount } from '../account-of.ts';
import { withEtag } from '../etag.ts';
import { nameFilter, numberFilter, sinceFilter, untilFilter } from '../filters.ts';
import { hideHolds, hideHoldsOfDetail, seesHolds } from '../holds/hide-holds.ts';
import { pageQuery, pageSchema, readPage, timeAndSid } from '../pages.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import { json, knownAnswer, newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import { callSid, conferenceSid, recordingSid, recordingSummarySchema } from '../schemas.ts';
import { recordingDetailSchema } from './recording-schemas.ts';

const listRoute = createRoute({
  method: 'get',
  path: '/v1/recordings',
  middleware: [permit('recordings:read')] as const,
  summary: 'Recordings by when they began, newest first; by when they were first heard of, where Twilio did not say',
  request: {
    // An unknown filter, left alone, would be a list of everything.
    query: z.strictObject({
      ...accountQuery,
      state: z.enum(RECORDING_STATES, `give one of ${RECORDING_STATES.join(', ')}`).optional(),
      callSid: callSid.optional(),
      conferenceSid: conferenceSid.optional(),
      number: numberFilter,
      source: nameFilter.openapi({ description: 'As Twilio names it, such as DialVerb.', example: 'DialVerb' }),
      held: z
        .enum(['true', 'false'], 'give true or false')
        .optional()
        .openapi({ description: 'true: what a hold covers, as far as the hold has come; false: the rest.' }),
      since: sinceFilter,
      until: untilFilter,
      ...pageQuery,
    }),
  },
  responses: {
    ...tokenAnswer,
    200: json(pageSchema('recordings', recordingSummarySchema), 'One page; `next` is there while there are more.'),
    400: problemAnswer('The query is not usable.'),
  },
});

const detailRoute = createRoute({
  method: 'get',
  path: '/v1/recordings/{recordingSid}',
  middleware: [permit('recordings:read'), withEtag] as const,
  summary: 'One recording: state, decision with its reason, objects, transcript, deletion and timeline',
  request: { params: z.object({ recordingSid }), query: onlyAccount },
  responses: {
    ...tokenAnswer,
    ...knownAnswer,
    200: json(recordingDetailSchema, 'The recording.'),
    404: problemAnswer('No account has such a recording.'),
  },
});

export function recordingRoutes(api: Pick<RecordsApi, 'reader' | 'accountSid' | 'token'>) {
  const { reader } = api;
  return newRoutes()
    .openapi(listRoute, async (c) => {
      const { accountSid, limit, cursor, held: heldText, ...filters } = c.req.valid('query');
      const page = readPage(c, api, { limit, cursor }, timeAndSid);
      const accounts = await accountsOf(c, api, accountSid);
      const identities = c.get('principal').agentIdentities;
      if (heldText !== undefined && !seesHolds(c)) {
        const roles = rolesWith('holds:read').join(', ');
        throw new ProblemError('forbidden', `held: what a hold covers is listed for the roles ${roles} (holds:read).`);
      }
      const held = heldText === undefined ? undefined : heldText === 'true';
      const found = await reader.list({
        ...filters,
        held,
        accounts,
        identities,
        after: page.after,
        limit: page.lookFor,
      });
      const { items: recordings, next } = page.cut(found, (last) => [
        last.startedAt ?? last.firstSeenAt,
        last.recordingSid,
      ]);
      return c.json({ recordings: recordings.map((each) => hideHolds(c, each)), next }, 200);
    })
    .openapi(detailRoute, async (c) => {
      const { recordingSid: sid } = c.req.valid('param');
      const accountSid = await accountOf(c, api, { recordingSid: sid }, c.req.valid('query').accountSid);
      const recording = await reader.find(accountSid, sid);
      if (recording === undefined) throw unknownRecording(sid);
      return c.json(hideHoldsOfDetail(c, recording), 200);
    });
}

export const unknownRecording = (sid: string) => new ProblemError('not-found', `No recording ${sid} is known.`);
