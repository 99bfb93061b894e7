import type { DataOf, messageRequested } from '@onrecord/shared/events';
import * as read from '../parameters.ts';
import type { Turn } from './turn.ts';

const NUMBER = /^\+[1-9]\d{6,14}$/;

/**
 * The message to the caller of this request; undefined where the caller withholds the number, or calls from a client or over SIP.
 * @throws ParameterError
 */
export function readMessage(
  parameters: read.Parameters,
  accountSid: string,
  receivedAt: string,
  { text, from = parameters.To ?? '' }: NonNullable<Turn['message']>,
): DataOf<typeof messageRequested> | undefined {
  const account = read.requiredAccount(parameters, accountSid);
  const callSid = read.requiredSid(parameters, 'CallSid', 'CA');
  const { From: to = '', DialCallStatus } = parameters;
  if (!NUMBER.test(to) || !NUMBER.test(from)) return undefined;
  return {
    accountSid: account,
    callSid,
    to,
    from,
    body: text,
    reason: reasonOf(DialCallStatus),
    requestedAt: receivedAt,
  };
}

/** One call has one message for each reason, however often Twilio repeats the request. */
const reasonOf = (dialCallStatus: string | undefined) =>
  dialCallStatus !== undefined && /^[a-z-]{1,32}$/.test(dialCallStatus) ? `dial-${dialCallStatus}` : 'chosen';
