import { accountSid, recordingSid } from '../events/envelope.ts';

export interface MediaName {
  /** Where Twilio's REST API is, such as `https://api.twilio.com`; a path before `/2010-04-01` is kept. */
  apiUrl: string;
  accountSid: string;
  recordingSid: string;
  /** Absent: as recorded (a conference: one). */
  requestedChannels?: 1 | 2 | undefined;
  /** Default: `wav`, 16-bit samples; `mp3` has 32 kbit/s. */
  format?: 'wav' | 'mp3' | undefined;
}

/**
 * The address of a recording's audio, built from its SIDs: the `RecordingUrl` of a callback is never followed.
 * Source: Twilio "Recordings resource", "Fetch a recording's media": `.wav`, `.mp3`, `RequestedChannels=1|2`.
 * @throws z.ZodError when a SID is none
 */
export function recordingMediaUrl(name: MediaName): URL {
  const account = accountSid.parse(name.accountSid);
  const recording = recordingSid.parse(name.recordingSid);
  const base = name.apiUrl.replace(/\/+$/, '');
  const url = new URL(`${base}/2010-04-01/Accounts/${account}/Recordings/${recording}.${name.format ?? 'wav'}`);
  if (name.requestedChannels !== undefined) url.searchParams.set('RequestedChannels', String(name.requestedChannels));
  return url;
}
