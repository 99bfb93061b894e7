import { z } from 'zod';
import { accountSid, callSid, defineEvent, instant, TOPICS } from './envelope.ts';

/** Twilio's debugger reported an error or a warning. */
export const alertRaised = defineEvent({
  type: 'onrecord.alert.raised.v1',
  topic: TOPICS.telephony,
  summary: 'Twilio reported an error or a warning about a call, a recording or a callback.',
  schema: z.looseObject({
    accountSid,
    alertSid: z.string().regex(/^NO[0-9a-fA-F]{32}$/),
    callSid: callSid.optional(),
    resourceSid: z.string().optional(),
    level: z.string().min(1),
    errorCode: z.string().min(1),
    text: z.string().optional(),
    raisedAt: instant,
  }),
  key: (data) => data.callSid ?? data.resourceSid ?? data.alertSid,
  id: (data) => `alert:${data.alertSid}`,
});
