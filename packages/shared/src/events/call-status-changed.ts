import { z } from 'zod';
import { diagnosis } from './diagnosis.ts';
import { accountSid, callSid, conferenceSid, defineEvent, instant, TOPICS } from './envelope.ts';

/** Twilio reported a call leg's state. Statuses are an open set: Twilio adds values without notice. */
export const callStatusChanged = defineEvent({
  type: 'onrecord.call.status-changed.v1',
  topic: TOPICS.telephony,
  summary:
    'A call leg reached a status: ringing, in-progress, completed, busy, no-answer, failed, canceled or a newer one.',
  schema: z.looseObject({
    accountSid,
    callSid,
    parentCallSid: callSid.optional(),
    conferenceSid: conferenceSid.optional(),
    status: z.string().min(1),
    direction: z.string().optional(),
    from: z.string().optional(),
    to: z.string().optional(),
    /** Twilio's counter, from 0; callbacks may arrive out of order, so it orders and never identifies. */
    sequenceNumber: z.number().int().nonnegative().optional(),
    durationSeconds: z.number().nonnegative().optional(),
    sipResponseCode: z.number().int().optional(),
    occurredAt: instant,
    /** Of a leg that ended without having been talked on. */
    diagnosis: diagnosis.optional(),
    /** Everything that Twilio sent, untouched. */
    parameters: z.record(z.string(), z.string()),
  }),
  key: (data) => data.callSid,
  id: (data) => `call:${data.callSid}:${data.status}`,
});
