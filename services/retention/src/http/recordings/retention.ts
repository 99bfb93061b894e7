import { createRoute, z } from '@hono/zod-openapi';
import type { RecordingEntry } from '../../domain/custody.ts';
import { isHeld } from '../../domain/held.ts';
import { tellRemoved } from '../../ledger/read/recording-list.ts';
import { viewDeletion } from '../../ledger/read/views.ts';
import { setRetention } from '../../set-retention.ts';
import { actorOf, permit } from '../access/principal.ts';
import { accountOf, onlyAccount } from '../account-of.ts';
import { seesHolds } from '../holds/hide-holds.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import { json, newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import { deletionSchema, namedMoment, recordingSid } from '../schemas.ts';
import { unknownRecording } from './recordings.ts';

const retentionRoute = createRoute({
  method: 'put',
  path: '/v1/recordings/{recordingSid}/retention',
  middleware: [permit('retention:write')] as const,
  summary: 'Set when a recording is deleted, sooner or later than its schedule',
  request: {
    params: z.object({ recordingSid }),
    query: onlyAccount,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            deleteAfter: namedMoment.nullable().openapi({
              description: 'A moment that has passed means now; null goes back to the schedule.',
            }),
          }),
        },
      },
    },
  },
  responses: {
    ...tokenAnswer,
    200: json(
      z.object({
        recordingSid,
        deletion: deletionSchema.optional(),
        heldBack: z
          .string()
          .optional()
          .openapi({ description: 'Where a hold covers it: why nothing is planned, and what becomes of the date.' }),
      }),
      'The deletion as it is planned now.',
    ),
    404: problemAnswer('No account has such a recording.'),
    409: problemAnswer('The deletion has begun, or a refusal asks for it sooner.'),
    410: problemAnswer('What was known of the recording was removed; there is nothing to be deleted.'),
  },
});

export function retentionRoutes(api: RecordsApi) {
  const { ledger, onDue } = api;
  return newRoutes().openapi(retentionRoute, async (c) => {
    const { recordingSid: sid } = c.req.valid('param');
    const { deleteAfter } = c.req.valid('json');
    const wanted = deleteAfter === null ? null : new Date(deleteAfter);
    const accountSid = await accountOf(c, api, { recordingSid: sid }, c.req.valid('query').accountSid);
    const result = await setRetention(ledger, { accountSid, recordingSid: sid }, wanted, actorOf(c));
    if (result.outcome === 'unknown-recording') throw unknownRecording(sid);
    if (result.outcome === 'removed') throw new ProblemError('removed', `${sid}: ${tellRemoved(result.at)}`);
    if (result.outcome === 'not-possible') throw new ProblemError('conflict', result.reason);
    if (wanted !== null) onDue(wanted);
    const heldBack = seesHolds(c) ? whyHeldBack(result.entry) : undefined;
    return c.json({ recordingSid: sid, deletion: viewDeletion(result.entry, result.policy), heldBack }, 200);
  });
}

function whyHeldBack(entry: RecordingEntry): string | undefined {
  if (!isHeld(entry)) return undefined;
  const matters = [...new Set(entry.holds?.map(({ matterId }) => matterId))].join(', ');
  const date = entry.deleteAfterOverride === undefined ? 'its schedule' : 'this date';
  return `A hold for ${matters} keeps it: nothing of it goes before the last hold on it is released, and then by ${date}.`;
}
