import type { AlertState } from './account-state.ts';
import { logOf } from './list-filters.ts';
import { API_VERSION, accountPath } from './resources.ts';
import { rfc2822 } from './rfc2822.ts';

const textOf = ({ moreInfo }: AlertState) => new URLSearchParams({ ...moreInfo }).toString();
const pageAbout = ({ errorCode }: AlertState) => `https://www.twilio.com/docs/errors/${errorCode}`;

/** An alert as Monitor lists it: its text is a form. Source: twilio-oai, `monitor.v1.alert`. */
export const alertResource = (alert: AlertState, apiUrl: string) => ({
  sid: alert.sid,
  account_sid: alert.accountSid,
  resource_sid: alert.resourceSid,
  service_sid: null,
  error_code: alert.errorCode,
  log_level: alert.level.toLowerCase(),
  alert_text: textOf(alert),
  api_version: API_VERSION,
  date_created: alert.dateCreated,
  date_generated: alert.dateCreated,
  date_updated: alert.dateCreated,
  more_info: pageAbout(alert),
  request_method: null,
  request_url: null,
  url: `${apiUrl}/v1/Alerts/${alert.sid}`,
});

/** The same as its call lists it. Source: twilio-oai, `api.v2010.account.call.call_notification`. */
export function notificationResource(alert: AlertState) {
  const date = rfc2822(new Date(alert.dateCreated));
  return {
    sid: alert.sid,
    account_sid: alert.accountSid,
    call_sid: alert.resourceSid,
    api_version: API_VERSION,
    error_code: alert.errorCode,
    log: logOf(alert),
    message_date: date,
    message_text: textOf(alert),
    more_info: pageAbout(alert),
    request_method: null,
    request_url: null,
    date_created: date,
    date_updated: date,
    uri: `${accountPath(alert.accountSid)}/Calls/${alert.resourceSid}/Notifications/${alert.sid}.json`,
  };
}
