import type { DataOf, messageRequested } from '@onrecord/shared/events';

export type MessageRequest = DataOf<typeof messageRequested>;

/** A message as Twilio lists it. */
export interface ListedMessage {
  sid: string;
  body: string;
  from: string;
  messagingServiceSid: string | null;
  direction: string;
  createdAt: Date;
  /** Why it was not delivered, where that is known already. */
  errorCode: number | null;
}

/**
 * How much older than the request its message may be. Twilio repeats a webhook for up to 15 s, and each repetition asks for the same
 * message with a later time; it writes whole seconds, and its clock is not this machine's.
 */
const REPEATED_WITHIN_MS = 60_000;

/**
 * The message with which the request was met already, of those that Twilio lists for the recipient. The same text of another call
 * within that minute counts too: who gets it misses nothing. A trial account's messages begin with a sentence of Twilio's.
 */
export function findEarlier(request: MessageRequest, listed: readonly ListedMessage[]): ListedMessage | undefined {
  const since = Date.parse(request.requestedAt) - REPEATED_WITHIN_MS;
  const body = request.body.trim();
  return listed.findLast(
    (message) =>
      message.direction === 'outbound-api' &&
      [message.from, message.messagingServiceSid].includes(request.from) &&
      message.createdAt.getTime() >= since &&
      message.body.trim().endsWith(body),
  );
}
