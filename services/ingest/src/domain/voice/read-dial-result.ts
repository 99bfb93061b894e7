import type { callStatusChanged, DataOf } from '@onrecord/shared/events';
import * as read from '../parameters.ts';

/**
 * What a Dial action tells of the leg that it dialled, as the fact that the leg's own status callback reports too; undefined where no
 * leg came about. Source: Twilio, "TwiML Voice: Dial", action.
 * @throws ParameterError
 */
export function readDialResult(
  parameters: read.Parameters,
  accountSid: string,
  receivedAt: string,
  dialled: string | undefined,
): DataOf<typeof callStatusChanged> | undefined {
  const account = read.requiredAccount(parameters, accountSid);
  const parentCallSid = read.requiredSid(parameters, 'CallSid', 'CA');
  const status = read.requiredStatus(parameters, 'DialCallStatus');
  const callSid = read.optionalSid(parameters, 'DialCallSid', 'CA');
  if (callSid === undefined) return undefined;
  return {
    accountSid: account,
    callSid,
    parentCallSid,
    status,
    direction: 'outbound-dial',
    to: dialled,
    durationSeconds: read.number(parameters, 'DialCallDuration'),
    sipResponseCode: read.wholeNumber(parameters, 'DialSipResponseCode'),
    occurredAt: receivedAt,
    parameters: { ...parameters },
  };
}
