import type { DataOf, messageFailed } from '@onrecord/shared/events';
import { messageReason } from '@onrecord/shared/events/message-fields';
import { failureOf } from './message-refusal.ts';
import * as read from './parameters.ts';

/** What Twilio tells of a message that it took, and why it was not delivered, where it was not. */
export interface MessageDelivery {
  /** Twilio's word, or `other` for one that nobody knows yet. */
  status: string;
  failure?: DataOf<typeof messageFailed>;
}

/** Of outgoing messages. Source: twilio-oai, `message_enum_status`. */
const STATUSES: ReadonlySet<string> = new Set([
  ...['accepted', 'scheduled', 'queued', 'sending', 'sent', 'delivered', 'read'],
  ...['undelivered', 'failed', 'canceled'],
]);
const UNDELIVERED: ReadonlySet<string> = new Set(['undelivered', 'failed', 'canceled']);

const MESSAGE_SID = /^(SM|MM)[0-9a-f]{32}$/;

/** Where Twilio tells what becomes of the message of a request: the signature covers whose it is. */
export const messageStatusPath = ({ callSid, reason }: { callSid: string; reason: string }) =>
  `/webhooks/message/status?${new URLSearchParams({ callSid, reason })}`;

/**
 * A status callback of a text message. Source: Twilio, "Track the message status of outbound messages".
 * @param query of the address, as `messageStatusPath` wrote it
 * @throws ParameterError
 */
export function readMessageStatus(
  parameters: read.Parameters,
  query: read.Parameters,
  accountSid: string,
  receivedAt: string,
): MessageDelivery {
  const status = read.required(parameters, 'MessageStatus');
  if (!UNDELIVERED.has(status)) return { status: STATUSES.has(status) ? status : 'other' };
  const callSid = read.requiredSid(query, 'callSid', 'CA');
  const reason = read.required(query, 'reason');
  if (!messageReason.safeParse(reason).success)
    throw new read.ParameterError('reason', 'is none that a message was asked for');
  const code = read.wholeNumber(parameters, 'ErrorCode') || undefined;
  const why = code === undefined ? { isOptedOut: false } : failureOf(code);
  const { MessageSid = '' } = parameters;
  const messageSid = MESSAGE_SID.test(MessageSid) ? MessageSid : undefined;
  const cause = why.isOptedOut ? 'opted-out' : 'undelivered';
  return { status, failure: { accountSid, callSid, reason, ...why, cause, messageSid, failedAt: receivedAt } };
}
