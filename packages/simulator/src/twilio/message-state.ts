/** A text message as Twilio keeps it. Dates are ISO 8601. */
export interface MessageState {
  sid: string;
  accountSid: string;
  to: string;
  /** Of a messaging service, the number that it chose. */
  from: string;
  messagingServiceSid: string | null;
  body: string;
  dateCreated: string;
  /** Why it could not be delivered. */
  undeliveredWith?: number | undefined;
}

/** How long a message waits in Twilio's queue here, in milliseconds; until then it has no `date_sent`. */
const QUEUED_MS = 1_000;

/** When it left the queue; null before. */
export function sentAt({ dateCreated }: MessageState, now: Date): string | null {
  const at = Date.parse(dateCreated) + QUEUED_MS;
  return now.getTime() < at ? null : new Date(at).toISOString();
}
