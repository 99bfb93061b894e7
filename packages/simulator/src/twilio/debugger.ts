import type { AlertState } from './account-state.ts';
import type { Parameters } from './signature.ts';

/** The form that the debugger webhook posts. Source: Twilio "Debugging Events Webhook". */
export const debuggerParameters = (alert: AlertState): Parameters => [
  ['Sid', alert.sid],
  ['AccountSid', alert.accountSid],
  ['ParentAccountSid', ''],
  ['Timestamp', alert.dateCreated],
  ['Level', alert.level],
  ['PayloadType', 'application/json'],
  ['Payload', payload(alert, alert.errorCode)],
];

/** The same alert as Event Streams tells it. Source: Twilio "Error Logs", `com.twilio.error-logs.error.logged`. */
export const errorLogData = (alert: AlertState) => ({
  sid: alert.sid,
  account_sid: alert.accountSid,
  date_created: alert.dateCreated,
  level: alert.level,
  correlation_sid: alert.resourceSid,
  product_name: 'Programmable Voice',
  error_code: alert.errorCode,
  payload: payload(alert, Number(alert.errorCode)),
});

const payload = ({ resourceSid, moreInfo }: AlertState, errorCode: string | number) =>
  JSON.stringify({ resource_sid: resourceSid, service_sid: null, error_code: errorCode, more_info: moreInfo });
