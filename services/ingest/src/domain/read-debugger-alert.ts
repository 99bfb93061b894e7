import type { LeftOut } from './left-out.ts';
import * as read from './parameters.ts';
import { type AlertData, isInformational, toAlert } from './read-alert.ts';

const KIND = 'debugger';

/**
 * A request of the debugger webhook as the alert that it reports. A subaccount's alerts come here as well, and a line that is no
 * warning: of both nothing is kept. Source: Twilio, "Debugging Events Webhook".
 * @throws ParameterError
 */
export function readDebuggerAlert(
  parameters: read.Parameters,
  accountSid: string,
  receivedAt: string,
): { alert: AlertData } | { leftOut: LeftOut } {
  if (read.requiredSid(parameters, 'AccountSid', 'AC') !== accountSid) {
    return { leftOut: { reason: 'other-account', kind: KIND } };
  }
  const level = read.required(parameters, 'Level');
  if (isInformational(level)) return { leftOut: { reason: 'informational', kind: KIND } };
  const payloadType = read.optional(parameters, 'PayloadType');
  if (payloadType !== undefined && mediaTypeOf(payloadType) !== 'application/json') {
    return { leftOut: { reason: 'unknown-kind', kind: `${KIND} ${payloadType.slice(0, 100)}` } };
  }
  const alert = toAlert({
    accountSid,
    alertSid: read.requiredSid(parameters, 'Sid', 'NO'),
    level,
    errorCode: undefined,
    resourceSid: undefined,
    raisedAt: read.instant(parameters, 'Timestamp') ?? receivedAt,
    payload: read.required(parameters, 'Payload'),
  });
  return { alert };
}

/** Without its parameters, such as a charset, and in one spelling. */
const mediaTypeOf = (contentType: string) => contentType.replace(/;.*/s, '').trim().toLowerCase();
