import type { Parameters } from './signature.ts';

/** What Twilio's debugger knows of an error or a warning. */
export interface Alert {
  sid: string;
  accountSid: string;
  /** What it is about, such as a call leg. */
  resourceSid: string;
  level: 'ERROR' | 'WARNING';
  errorCode: string;
  moreInfo: Readonly<Record<string, string>>;
  at: Date;
}

/** The form that the debugger webhook posts. Source: Twilio "Debugging Events Webhook". */
export const debuggerParameters = (alert: Alert): Parameters => [
  ['Sid', alert.sid],
  ['AccountSid', alert.accountSid],
  ['ParentAccountSid', ''],
  ['Timestamp', alert.at.toISOString()],
  ['Level', alert.level],
  ['PayloadType', 'application/json'],
  ['Payload', payload(alert, alert.errorCode)],
];

/** The same alert as Event Streams tells it. Source: Twilio "Error Logs", `com.twilio.error-logs.error.logged`. */
export const errorLogData = (alert: Alert) => ({
  sid: alert.sid,
  account_sid: alert.accountSid,
  date_created: alert.at.toISOString(),
  level: alert.level,
  correlation_sid: alert.resourceSid,
  product_name: 'Programmable Voice',
  error_code: alert.errorCode,
  payload: payload(alert, Number(alert.errorCode)),
});

const payload = ({ resourceSid, moreInfo }: Alert, errorCode: string | number) =>
  JSON.stringify({ resource_sid: resourceSid, service_sid: null, error_code: errorCode, more_info: moreInfo });
