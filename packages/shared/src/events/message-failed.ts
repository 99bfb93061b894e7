import { z } from 'zod';
import { accountSid, callSid, defineEvent, instant, TOPICS } from './envelope.ts';
import { messageReason } from './message-fields.ts';

/** A requested message was not sent and will not be. */
export const messageFailed = defineEvent({
  type: 'onrecord.message.failed.v1',
  topic: TOPICS.telephony,
  summary: 'A requested text message was not sent, and will not be tried again.',
  schema: z.looseObject({
    accountSid,
    callSid,
    /** The request's own. */
    reason: messageReason,
    /** `opted-out`, `refused`, `expired`, `over-limit`, `gave-up`, `account-not-configured` or a newer one. */
    cause: z.string().min(1),
    /** Twilio's, where Twilio refused. */
    errorCode: z.string().min(1).optional(),
    /** The person replied STOP: nobody should write to this number again before a START. */
    isOptedOut: z.boolean(),
    failedAt: instant,
  }),
  key: (data) => data.callSid,
  id: (data) => `message:${data.callSid}:${data.reason}:failed`,
});
