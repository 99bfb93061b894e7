import type { CallState, ConferenceState, RecordingState } from './account-state.ts';
import { type MessageState, sentAt } from './message-state.ts';
import { restSpelling } from './recording-encryption.ts';
import { rfc2822 } from './rfc2822.ts';

export const API_VERSION = '2010-04-01';
export const accountPath = (accountSid: string) => `/${API_VERSION}/Accounts/${accountSid}`;

/** Of the recording, and of its media with an extension behind it. */
export const recordingPath = ({ accountSid, sid }: Pick<RecordingState, 'accountSid' | 'sid'>) =>
  `${accountPath(accountSid)}/Recordings/${sid}`;

const date = (iso: string | null) => (iso === null ? null : rfc2822(new Date(iso)));
const text = (value: number | null) => (value === null ? null : String(value));

/** A recording as Twilio's API shows it. Source: twilio-oai, `api.v2010.account.recording`. */
export function recordingResource(recording: RecordingState, apiUrl: string) {
  const { sid, accountSid } = recording;
  const path = recordingPath(recording);
  return {
    account_sid: accountSid,
    api_version: API_VERSION,
    call_sid: recording.callSid,
    conference_sid: recording.conferenceSid,
    date_created: date(recording.dateCreated),
    date_updated: date(recording.dateUpdated),
    start_time: date(recording.startTime),
    duration: text(recording.duration) ?? '-1',
    sid,
    price: null,
    price_unit: 'USD',
    status: recording.status,
    channels: recording.channels,
    source: recording.source,
    error_code: recording.errorCode,
    uri: `${path}.json`,
    encryption_details: recording.encryption === undefined ? null : restSpelling(recording.encryption),
    subresource_uris: { add_on_results: `${path}/AddOnResults.json`, transcriptions: `${path}/Transcriptions.json` },
    media_url: `${apiUrl}${path}`,
  };
}

/** As a call lists its recordings: with the track. Source: twilio-oai, `api.v2010.account.call.call_recording`. */
export const callRecordingResource = (recording: RecordingState, apiUrl: string) => ({
  ...recordingResource(recording, apiUrl),
  track: recording.track,
});

/** A call as Twilio's API shows it. Source: twilio-oai, `api.v2010.account.call`. */
export function callResource(call: CallState) {
  const path = `${accountPath(call.accountSid)}/Calls/${call.sid}`;
  return {
    sid: call.sid,
    date_created: date(call.dateCreated),
    date_updated: date(call.dateUpdated),
    parent_call_sid: call.parentCallSid,
    account_sid: call.accountSid,
    to: call.to,
    to_formatted: call.to,
    from: call.from,
    from_formatted: call.from,
    phone_number_sid: null,
    status: call.status,
    start_time: date(call.startTime),
    end_time: date(call.endTime),
    duration: text(call.duration),
    price: null,
    price_unit: 'USD',
    direction: call.direction,
    answered_by: null,
    annotation: null,
    api_version: API_VERSION,
    forwarded_from: null,
    group_sid: null,
    caller_name: null,
    queue_time: '0',
    trunk_sid: null,
    uri: `${path}.json`,
    subresource_uris: { notifications: `${path}/Notifications.json`, recordings: `${path}/Recordings.json` },
  };
}

/** A conference as Twilio's API shows it. Source: twilio-oai, `api.v2010.account.conference`. */
export function conferenceResource(conference: ConferenceState) {
  const path = `${accountPath(conference.accountSid)}/Conferences/${conference.sid}`;
  return {
    account_sid: conference.accountSid,
    api_version: API_VERSION,
    date_created: date(conference.dateCreated),
    date_updated: date(conference.dateUpdated),
    friendly_name: conference.friendlyName,
    region: 'us1',
    sid: conference.sid,
    status: conference.status,
    uri: `${path}.json`,
    subresource_uris: { participants: `${path}/Participants.json`, recordings: `${path}/Recordings.json` },
    reason_conference_ended: null,
    call_sid_ending_conference: null,
  };
}

/** A text message as Twilio's API shows it. Source: twilio-oai, `api.v2010.account.message`. */
export function messageResource(message: MessageState, now: Date) {
  const { sid, accountSid, dateCreated } = message;
  const path = `${accountPath(accountSid)}/Messages/${sid}`;
  const dateSent = sentAt(message, now);
  return {
    account_sid: accountSid,
    api_version: API_VERSION,
    body: message.body,
    date_created: date(dateCreated),
    date_sent: date(dateSent),
    date_updated: date(dateSent ?? dateCreated),
    direction: 'outbound-api',
    error_code: (dateSent !== null && message.undeliveredWith) || null,
    error_message: null,
    from: message.from,
    messaging_service_sid: message.messagingServiceSid,
    num_media: '0',
    num_segments: '1',
    price: null,
    price_unit: 'USD',
    sid,
    status: dateSent === null ? 'queued' : message.undeliveredWith === undefined ? 'sent' : 'undelivered',
    subresource_uris: { media: `${path}/Media.json` },
    to: message.to,
    uri: `${path}.json`,
  };
}
