import { z } from 'zod';
import { accountSid, callSid, defineEvent, instant, TOPICS } from './envelope.ts';
import { messageReason } from './message-fields.ts';

/** Longest body of one message, in characters. Source: Twilio, Messages resource, "Body"; error 21617. */
const MESSAGE_BODY_CHARACTERS_MAX = 1_600;

/** Somebody is to be sent a text message because of what became of a call. It is sent outside of any webhook. */
export const messageRequested = defineEvent({
  type: 'onrecord.message.requested.v1',
  topic: TOPICS.telephony,
  summary: 'A text message to somebody was asked for, because of what became of a call.',
  schema: z.looseObject({
    accountSid,
    callSid,
    to: z.string().regex(/^\+[1-9][0-9]{6,14}$/, 'give an E.164 number such as +14155550100'),
    /** A number or short code of the account, or one of its messaging services. */
    from: z.string().regex(/^(\+?[1-9][0-9]{2,14}|MG[0-9a-f]{32})$/, 'give a number or a messaging service (MG…)'),
    body: z.string().min(1).max(MESSAGE_BODY_CHARACTERS_MAX),
    reason: messageReason,
    requestedAt: instant,
  }),
  key: (data) => data.callSid,
  id: (data) => `message:${data.callSid}:${data.reason}`,
});
