import { createRoute, z } from '@hono/zod-openapi';
import { RECORDING_STATES } from '../domain/state.ts';
import { accountOf, accountQuery, onlyAccount } from './account-of.ts';
import { readCursor, toCursor } from './cursor.ts';
import { accountsOf, permit } from './principal.ts';
import { ProblemError } from './problems.ts';
import { recordingDetailSchema } from './recording-schemas.ts';
import type { RecordsApi } from './records-api.ts';
import { json, newRoutes, problemAnswer, tokenAnswer } from './routes.ts';
import { recordingSid, recordingSummarySchema } from './schemas.ts';

const PAGE_DEFAULT = 50;
const PAGE_MAX = 200;
const A_LIMIT = `give a whole number from 1 to ${PAGE_MAX}`;

const listRoute = createRoute({
  method: 'get',
  path: '/v1/recordings',
  middleware: [permit('recordings:read')] as const,
  summary: 'Recordings, newest first',
  request: {
    // An unknown filter, left alone, would be a list of everything.
    query: z.strictObject({
      ...accountQuery,
      state: z.enum(RECORDING_STATES, `give one of ${RECORDING_STATES.join(', ')}`).optional(),
      limit: z.coerce.number(A_LIMIT).int(A_LIMIT).min(1, A_LIMIT).max(PAGE_MAX, A_LIMIT).default(PAGE_DEFAULT),
      cursor: z.string().max(200).optional().openapi({ description: '`next` of the page before.' }),
    }),
  },
  responses: {
    ...tokenAnswer,
    200: json(
      z.object({ recordings: z.array(recordingSummarySchema), next: z.string().optional() }),
      'One page; `next` is there while there are more.',
    ),
    400: problemAnswer('The query is not usable.'),
  },
});

const detailRoute = createRoute({
  method: 'get',
  path: '/v1/recordings/{recordingSid}',
  middleware: [permit('recordings:read')] as const,
  summary: 'One recording: state, decision with its reason, objects, transcript, deletion and timeline',
  request: { params: z.object({ recordingSid }), query: onlyAccount },
  responses: {
    ...tokenAnswer,
    200: json(recordingDetailSchema, 'The recording.'),
    404: problemAnswer('No account has such a recording.'),
  },
});

export function recordingRoutes(api: Pick<RecordsApi, 'reader' | 'accountSid'>) {
  const { reader } = api;
  return newRoutes()
    .openapi(listRoute, async (c) => {
      const { accountSid, state, limit, cursor } = c.req.valid('query');
      const after = cursor === undefined ? undefined : readCursor(cursor);
      if (cursor !== undefined && after === undefined) {
        throw new ProblemError('bad-request', 'cursor: take it unchanged from `next` of the page before.');
      }
      // One more than asked for tells whether there is a next page.
      const visible = await accountsOf(c, api);
      const accounts = accountSid === undefined ? visible : visible.filter((each) => each === accountSid);
      const found = await reader.list({ accounts, state, after, limit: limit + 1 });
      const recordings = found.slice(0, limit);
      const last = recordings.at(-1);
      const next =
        found.length > limit && last ? toCursor({ ...last, firstSeenAt: new Date(last.firstSeenAt) }) : undefined;
      return c.json({ recordings, next }, 200);
    })
    .openapi(detailRoute, async (c) => {
      const { recordingSid: sid } = c.req.valid('param');
      const accountSid = await accountOf(c, api, { recordingSid: sid }, c.req.valid('query').accountSid);
      const recording = await reader.find(accountSid, sid);
      if (recording === undefined) throw unknownRecording(sid);
      return c.json(recording, 200);
    });
}

export const unknownRecording = (sid: string) => new ProblemError('not-found', `No recording ${sid} is known.`);
