import { z } from 'zod';
import { accountSid, callSid, defineEvent, instant, TOPICS } from './envelope.ts';

/** Somebody asked that everything held on a person or a call be erased. */
export const erasureRequested = defineEvent({
  type: 'onrecord.erasure.requested.v1',
  topic: TOPICS.compliance,
  summary: 'Erasure of everything held on a person or a call was requested.',
  schema: z.looseObject({
    accountSid,
    erasureId: z.string().min(1),
    /** The person's keyed pseudonym, never the number itself. */
    subject: z.string().optional(),
    callSid: callSid.optional(),
    requestedBy: z.string().min(1),
    requestedAt: instant,
  }),
  key: (data) => data.subject ?? data.callSid ?? data.erasureId,
  id: (data) => `erasure:${data.erasureId}:requested`,
});
