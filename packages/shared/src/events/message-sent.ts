import { z } from 'zod';
import { accountSid, callSid, defineEvent, instant, messageSid, TOPICS } from './envelope.ts';
import { messageReason } from './message-fields.ts';

/** Twilio took a requested message in order to send it. One that is not delivered is told by `message.failed` later. */
export const messageSent = defineEvent({
  type: 'onrecord.message.sent.v1',
  topic: TOPICS.telephony,
  summary: 'Twilio took a requested text message in order to send it.',
  schema: z.looseObject({
    accountSid,
    callSid,
    /** The request's own. */
    reason: messageReason,
    messageSid,
    sentAt: instant,
  }),
  key: (data) => data.callSid,
  id: (data) => `message:${data.callSid}:${data.reason}:sent`,
});
