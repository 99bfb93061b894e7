import type { callStatusChanged, DataOf } from '@onrecord/shared/events';
import * as read from './parameters.ts';

/**
 * A call status callback, of a parent or a child leg, as the fact that it reports.
 * Source: Twilio, "Call status callback". `receivedAt` stands in where Twilio sent no Timestamp.
 * @throws ParameterError
 */
export function readCallStatus(
  parameters: read.Parameters,
  accountSid: string,
  receivedAt: string,
): DataOf<typeof callStatusChanged> {
  return {
    accountSid: read.requiredAccount(parameters, accountSid),
    callSid: read.requiredSid(parameters, 'CallSid', 'CA'),
    parentCallSid: read.optionalSid(parameters, 'ParentCallSid', 'CA'),
    status: read.requiredStatus(parameters, 'CallStatus'),
    direction: read.optional(parameters, 'Direction'),
    from: read.optional(parameters, 'From'),
    to: read.optional(parameters, 'To'),
    sequenceNumber: read.wholeNumber(parameters, 'SequenceNumber'),
    durationSeconds: read.number(parameters, 'CallDuration'),
    sipResponseCode: read.wholeNumber(parameters, 'SipResponseCode'),
    occurredAt: read.instant(parameters, 'Timestamp') ?? receivedAt,
    parameters: { ...parameters },
  };
}
