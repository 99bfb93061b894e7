import type { alertRaised, DataOf } from '@onrecord/shared/events';
import { canonicalSid } from '@onrecord/shared/events';
import { fieldsOf, jsonOf, parsedFields, storable, textOf } from './json.ts';
import * as read from './parameters.ts';

export type AlertData = DataOf<typeof alertRaised>;

/** What the debugger webhook and the error logs of Event Streams both say, under names of their own. */
export interface AlertReport {
  accountSid: string;
  alertSid: string;
  level: string;
  errorCode: string | undefined;
  resourceSid: string | undefined;
  raisedAt: string;
  /** JSON: `{resource_sid, error_code, more_info, webhook}`. */
  payload: string;
}

/** A line of the user's own functions, or of a flow, is no alert: Twilio logs them under the same name. */
const INFORMATIONAL = new Set(['info', 'debug', 'notice', 'trace']);
export const isInformational = (level: string): boolean => INFORMATIONAL.has(level.toLowerCase());

/** Longest text and most details of an alert that are kept; a longer text is cut. */
const TEXT_CHARACTERS_MAX = 1_000;
const DETAILS_MAX = 50;
const TEXT_FIELDS = ['Msg', 'msg', 'message', 'Message', 'alert_text', 'parserMessage'];

/**
 * An alert as the fact that it reports. What the webhook at fault was asked and answered is not kept: it repeats the caller's
 * number and the user's TwiML. Sources: Twilio, "Debugging Events Webhook"; "Error Logs" of Event Streams.
 * @throws read.ParameterError when it has no error code
 */
export function toAlert(report: AlertReport): AlertData {
  const payload = parsedFields(report.payload);
  const info = fieldsOf(payload.more_info);
  const errorCode = kept(report.errorCode ?? textOf(payload.error_code) ?? textOf(info.ErrorCode) ?? '');
  if (errorCode === '') throw new read.ParameterError('error_code', 'is missing');
  const resourceSid = textOf(payload.resource_sid) ?? report.resourceSid;
  const text = TEXT_FIELDS.map((name) => textOf(info[name]) ?? textOf(payload[name])).find(
    (said) => said !== undefined,
  );
  const details = detailsOf(info);
  return {
    accountSid: report.accountSid,
    alertSid: report.alertSid,
    callSid: callSidOf(payload, report.resourceSid),
    resourceSid: kept(resourceSid ?? '') || undefined,
    level: kept(report.level.toLowerCase()) || 'unknown',
    errorCode,
    text: text === undefined ? undefined : kept(text),
    sipResponseCode: sipResponseIn(details),
    details,
    raisedAt: report.raisedAt,
  };
}

/** The call that an alert's payload is of, or what it is named beside it. */
export function callSidOf(payload: Readonly<Record<string, unknown>>, ...named: unknown[]): string | undefined {
  const info = fieldsOf(payload.more_info);
  const request = fieldsOf(fieldsOf(payload.webhook).request);
  return [
    payload.resource_sid,
    ...named,
    info.callSid,
    info.CallSid,
    info.call_sid,
    fieldsOf(request.parameters).CallSid,
  ]
    .map(callSidIn)
    .find((sid) => sid !== undefined);
}

const CALL_SID = /^CA[0-9a-f]{32}$/;

function callSidIn(value: unknown): string | undefined {
  const sid = canonicalSid(textOf(value) ?? '');
  return CALL_SID.test(sid) ? sid : undefined;
}

/** Without the login that an address may have, such as that of the user's own webhook; cut before it is made `storable`, as a cut may halve a character. */
const kept = (text: string) => storable(text.replace(LOGIN, '$1***@').slice(0, TEXT_CHARACTERS_MAX));
const LOGIN = /(\w:\/\/)[^/\s@]{1,500}@/g;

function detailsOf(info: Readonly<Record<string, unknown>>): Record<string, string> | undefined {
  const texts = Object.entries(info).flatMap(([name, value]): [string, string][] => {
    if (value === null || value === '') return [];
    return [[kept(name), kept(textOf(value) ?? jsonOf(value))]];
  });
  return texts.length === 0 ? undefined : Object.fromEntries(texts.slice(0, DETAILS_MAX));
}

/** Twilio documents no name for it; what is a SIP status under a name that says so, is taken for one. */
function sipResponseIn(details: Record<string, string> | undefined): number | undefined {
  for (const [name, text] of Object.entries(details ?? {})) {
    if (/^sip_?response(_?code)?$/i.test(name) && /^[1-6]\d\d$/.test(text)) return Number(text);
  }
  return undefined;
}
