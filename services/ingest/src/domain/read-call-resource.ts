import type { callStatusChanged, DataOf } from '@onrecord/shared/events';
import { readCallStatus } from './read-call-status.ts';
import { momentOf, parametersOf, type Resource, renamed } from './resource.ts';

/** Parameters of the call status callback, and the fields of the resource that say the same. There is no SIP code in it. */
const SAME = {
  AccountSid: 'account_sid',
  CallSid: 'sid',
  ParentCallSid: 'parent_call_sid',
  CallStatus: 'status',
  Direction: 'direction',
  From: 'from',
  To: 'to',
  CallDuration: 'duration',
};

/**
 * A listed call as the fact that its last callback would have reported: the same id, because it is read the same way.
 * Source: twilio-oai, `api.v2010.account.call`. `seenAt` stands in where Twilio knows no time of its end.
 * @throws ParameterError
 */
export function readCallResource(
  resource: Resource,
  accountSid: string,
  seenAt: string,
): DataOf<typeof callStatusChanged> {
  const endedMs = momentOf(resource, 'end_time') ?? momentOf(resource, 'date_updated');
  const occurredAt = endedMs === undefined ? seenAt : new Date(endedMs).toISOString();
  return {
    ...readCallStatus(renamed(resource, SAME), accountSid, occurredAt),
    parameters: { ...parametersOf(resource) },
  };
}
