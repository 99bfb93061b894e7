import type { AlertState, CallState, ConferenceState, RecordingState } from './account-state.ts';
import { twilioError } from './errors.ts';
import { type MessageState, sentAt } from './message-state.ts';

/** How long Twilio shows the metadata of a deleted recording. Source: changelog of 2022-03-03. */
const DELETED_SHOWN_MS = 40 * 86_400_000;

/** Whether a deleted recording's metadata can be asked for; any other can. */
export function isShown({ deletedAt }: RecordingState, query: URLSearchParams, now: Date): boolean {
  if (deletedAt === null) return true;
  const isAskedFor = query.get('IncludeSoftDeleted')?.toLowerCase() === 'true';
  return isAskedFor && now.getTime() - Date.parse(deletedAt) < DELETED_SHOWN_MS;
}

export const matchesRecording = (recording: RecordingState, query: URLSearchParams): boolean =>
  equals(query, 'CallSid', recording.callSid) &&
  equals(query, 'ConferenceSid', recording.conferenceSid) &&
  inTime(query, 'DateCreated', recording.dateCreated);

export const matchesCall = (call: CallState, query: URLSearchParams): boolean =>
  equals(query, 'To', call.to) &&
  equals(query, 'From', call.from) &&
  equals(query, 'ParentCallSid', call.parentCallSid) &&
  equals(query, 'Status', call.status) &&
  inTime(query, 'StartTime', call.startTime) &&
  inTime(query, 'EndTime', call.endTime);

export const matchesConference = (conference: ConferenceState, query: URLSearchParams): boolean =>
  equals(query, 'FriendlyName', conference.friendlyName) &&
  equals(query, 'Status', conference.status) &&
  inTime(query, 'DateCreated', conference.dateCreated) &&
  inTime(query, 'DateUpdated', conference.dateUpdated);

export const matchesAlert = (alert: AlertState, query: URLSearchParams): boolean =>
  equalsLevel(query, alert.level) && inSpan(query, { from: 'StartDate', to: 'EndDate' }, alert.dateCreated);

/** `Log` is 0 for errors and 1 for warnings. Source: twilio-oai, `api.v2010.account.call.call_notification`. */
export const matchesNotification = (alert: AlertState, query: URLSearchParams): boolean =>
  equals(query, 'Log', logOf(alert)) && inTime(query, 'MessageDate', alert.dateCreated);

export const logOf = ({ level }: AlertState) => (level === 'ERROR' ? '0' : '1');

const equalsLevel = (query: URLSearchParams, level: string) =>
  !query.get('LogLevel') || query.get('LogLevel') === level.toLowerCase();
export const matchesMessage = (message: MessageState, query: URLSearchParams, now: Date): boolean =>
  equals(query, 'To', message.to) &&
  equals(query, 'From', message.from) &&
  inTime(query, 'DateSent', sentAt(message, now));

const equals = (query: URLSearchParams, name: string, value: string | null) =>
  !query.get(name) || query.get(name) === value;

/** `Name` is a day (GMT), `Name<` and `Name>` a day's midnight or an instant, both included. */
function inTime(query: URLSearchParams, name: string, iso: string | null): boolean {
  const [day, before, after] = ['', '<', '>'].map((sign) => readTime(query.get(`${name}${sign}`), name));
  if (day === undefined && before === undefined && after === undefined) return true;
  if (iso === null) return false;
  const time = Date.parse(iso);
  return (
    (day === undefined || new Date(day).toISOString().slice(0, 10) === iso.slice(0, 10)) &&
    (before === undefined || time <= before) &&
    (after === undefined || time >= after)
  );
}

function inSpan(query: URLSearchParams, { from, to }: { from: string; to: string }, iso: string): boolean {
  const time = Date.parse(iso);
  return time >= (readTime(query.get(from), from) ?? -Infinity) && time <= (readTime(query.get(to), to) ?? Infinity);
}

function readTime(text: string | null, name: string): number | undefined {
  if (!text) return undefined;
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw twilioError(400, 20_001, `Invalid ${name}: "${text}" is no date; give YYYY-MM-DD or an ISO 8601 time`);
}
