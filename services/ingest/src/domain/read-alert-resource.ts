import * as read from './parameters.ts';
import { type AlertData, toAlert } from './read-alert.ts';
import { parametersOf, type Resource } from './resource.ts';

/** A text that is a form, such as `Msg&ErrorCode=11200&url=https%3A%2F%2F…`, in whatever order. */
const FORM = /(?:^|&)(?:ErrorCode|LogLevel|sourceComponent)=/;

/** A call's notifications have numbers for what alerts have words for. Source: twilio-oai, `…call.call_notification`. */
const LEVELS: Readonly<Record<string, string>> = { 0: 'error', 1: 'warning' };

/** `error`, `warning`, `notice` or `debug`; empty where Twilio does not say. */
export function levelOf(resource: Resource): string {
  const { log_level, log = '' } = parametersOf(resource);
  return (log_level ?? LEVELS[log] ?? log).toLowerCase();
}

/**
 * An alert of Monitor, or a notification of a call, as the fact that the debugger webhook would have reported: the same id. The
 * request and answer that they are about are not kept. Sources: twilio-oai, `monitor.v1.alert`,
 * `api.v2010.account.call.call_notification`; Twilio, "Monitor REST API: Alerts".
 * @throws ParameterError
 */
export function readAlertResource(resource: Resource, accountSid: string, seenAt: string): AlertData {
  const parameters = parametersOf(resource);
  const text = parameters.alert_text ?? parameters.message_text ?? '';
  return toAlert({
    accountSid: read.requiredAccount({ AccountSid: parameters.account_sid ?? '' }, accountSid),
    alertSid: read.requiredSid(parameters, 'sid', 'NO'),
    level: levelOf(resource),
    errorCode: parameters.error_code,
    resourceSid: parameters.resource_sid ?? parameters.call_sid,
    raisedAt: read.instant(parameters, 'date_generated') ?? read.instant(parameters, raisedField(parameters)) ?? seenAt,
    payload: JSON.stringify({
      more_info: FORM.test(text) ? Object.fromEntries(new URLSearchParams(text)) : { Msg: text },
    }),
  });
}

const raisedField = (parameters: read.Parameters) => ('message_date' in parameters ? 'message_date' : 'date_created');
