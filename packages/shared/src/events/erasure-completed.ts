import { z } from 'zod';
import { accountSid, callSid, defineEvent, instant, TOPICS } from './envelope.ts';

export const erasureCompleted = defineEvent({
  type: 'onrecord.erasure.completed.v1',
  topic: TOPICS.compliance,
  summary: 'An erasure ended: everything free of holds and statutory minimums is confirmed gone; the rest is named.',
  schema: z.looseObject({
    accountSid,
    erasureId: z.string().min(1),
    subject: z.string().optional(),
    callSid: callSid.optional(),
    recordingsDeleted: z.number().int().nonnegative(),
    /** What is still there, why, and until when. */
    residues: z.array(z.looseObject({ what: z.string(), why: z.string(), until: instant.optional() })),
    completedAt: instant,
  }),
  key: (data) => data.subject ?? data.callSid ?? data.erasureId,
  id: (data) => `erasure:${data.erasureId}:completed`,
});
