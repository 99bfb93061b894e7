import { z } from 'zod';
import { accountSid, callSid, defineEvent, instant, messageSid, TOPICS } from './envelope.ts';
import { messageReason } from './message-fields.ts';

/** A requested message was not sent and will not be, or was sent and did not arrive. */
export const messageFailed = defineEvent({
  type: 'onrecord.message.failed.v1',
  topic: TOPICS.telephony,
  summary: 'A requested text message was not sent or not delivered, and will not be tried again.',
  schema: z.looseObject({
    accountSid,
    callSid,
    /** The request's own. */
    reason: messageReason,
    /** `opted-out`, `refused`, `expired`, `over-limit`, `gave-up`, `account-not-configured`; `undelivered` after it was sent; or a newer one. */
    cause: z.string().min(1),
    /** Where it was sent, and not delivered. */
    messageSid: messageSid.optional(),
    /** Twilio's, where Twilio refused or could not deliver. */
    errorCode: z.string().min(1).optional(),
    /** The person replied STOP: nobody should write to this number again before a START. */
    isOptedOut: z.boolean(),
    failedAt: instant,
  }),
  key: (data) => data.callSid,
  id: (data) => `message:${data.callSid}:${data.reason}:failed`,
});
