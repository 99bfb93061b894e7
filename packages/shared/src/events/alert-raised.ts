import { z } from 'zod';
import { diagnosis } from './diagnosis.ts';
import { accountSid, alertSid, callSid, defineEvent, instant, TOPICS } from './envelope.ts';

/** Twilio's debugger reported an error or a warning. */
export const alertRaised = defineEvent({
  type: 'onrecord.alert.raised.v1',
  topic: TOPICS.telephony,
  summary: 'Twilio reported an error or a warning about a call, a recording or a callback.',
  schema: z.looseObject({
    accountSid,
    alertSid,
    /** The leg that it is about, where Twilio says so. */
    callSid: callSid.optional(),
    resourceSid: z.string().optional(),
    /** `error`, `warning` or a newer one; in lower case, because Twilio writes it both ways. */
    level: z.string().min(1),
    errorCode: z.string().min(1),
    text: z.string().optional(),
    sipResponseCode: z.number().int().optional(),
    /** What Twilio's `more_info` says, by its own names; long texts are cut. */
    details: z.record(z.string(), z.string()).optional(),
    raisedAt: instant,
    diagnosis: diagnosis.optional(),
  }),
  key: (data) => data.callSid ?? data.resourceSid ?? data.alertSid,
  id: (data) => `alert:${data.alertSid}`,
});
