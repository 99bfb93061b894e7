import type { DataOf, messageRequested } from '@onrecord/shared/events';
import * as read from '../parameters.ts';
import { partiesOf } from './parties.ts';
import type { Turn } from './turn.ts';
import { E164 } from './voice-file.ts';

const SERVICE = /^MG[0-9a-f]{32}$/;

/**
 * The message to whom the application talks with; undefined where they withhold the number, or talk from a client or over SIP.
 * @throws ParameterError
 */
export function readMessage(
  parameters: read.Parameters,
  accountSid: string,
  receivedAt: string,
  { prompt, text, ...message }: NonNullable<Turn['message']>,
): DataOf<typeof messageRequested> | undefined {
  const account = read.requiredAccount(parameters, accountSid);
  const callSid = read.requiredSid(parameters, 'CallSid', 'CA');
  const { theirs: to, ours } = partiesOf(parameters);
  const from = message.from ?? ours;
  if (!E164.test(to) || !(E164.test(from) || SERVICE.test(from))) return undefined;
  return {
    accountSid: account,
    callSid,
    to,
    from,
    body: text,
    reason: reasonOf(parameters.DialCallStatus, prompt),
    requestedAt: receivedAt,
  };
}

/** One call has one message for each reason and wording, however often Twilio repeats the request. */
const reasonOf = (dialCallStatus: string | undefined, prompt: string) =>
  dialCallStatus !== undefined && /^[a-z-]{1,32}$/.test(dialCallStatus) ? `dial-${dialCallStatus}` : `chosen-${prompt}`;
