import { createEvent, messageFailed, messageSent } from '@onrecord/shared/events';
import type { Acceptance } from './acceptance.ts';
import { findEarlier, type ListedMessage, type MessageRequest } from './domain/earlier-message.ts';
import { failureOf } from './domain/message-refusal.ts';

/** Where messages go out. */
export interface Messages {
  /** The newest to this recipient from this sender, newest first. @throws StageError `message-list` */
  list(request: Pick<MessageRequest, 'to' | 'from'>): Promise<ListedMessage[]>;
  /**
   * Sends without repeating anything: whatever it throws, the message may have been sent.
   * @throws StageError `message`
   */
  send(request: MessageRequest): Promise<ListedMessage | { refusedWith: number }>;
}

export interface Sending extends Acceptance {
  messages: Messages;
  /** A request that waited longer is not met any more, in milliseconds. */
  maxAgeMs: number;
  /** Takes one of the day's messages; false when there is none left. */
  takeFromDay(): boolean;
  /** Whether this process met a request of this call for the same reason lately; takes this one down as met. */
  wasMet(request: MessageRequest): boolean;
  /** Waits until a message that was sent just now is in Twilio's list. */
  waitForList(signal: AbortSignal): Promise<void>;
  now(): Date;
}

export interface Attempt {
  /** From 1; a further one comes after a pause. */
  attempt: number;
  traceparent: string | undefined;
  signal: AbortSignal;
}

export type Outcome = { cause: string; errorCode?: string; isOptedOut: boolean } | { message: ListedMessage };

/** A request this old, in milliseconds, was not read straight from the log: it may have been worked on by a process that ended. */
const FRESH_MS = 2_000;

/**
 * Meets a request at most once, as far as Twilio's list can tell, and publishes what became of it. Twilio knows no idempotency key:
 * the list is asked before every sending, and after a wait where the request may be a repetition.
 * @throws StageError `message-list`, `message`; EventLogUnavailableError
 */
export async function sendMessage(request: MessageRequest, attempt: Attempt, sending: Sending): Promise<Outcome> {
  const outcome = await meet(request, attempt, sending);
  await publishOutcome(request, outcome, attempt.traceparent, sending);
  return outcome;
}

async function meet(request: MessageRequest, { attempt, signal }: Attempt, sending: Sending): Promise<Outcome> {
  const { messages, now, maxAgeMs } = sending;
  const ageMs = () => now().getTime() - Date.parse(request.requestedAt);
  // A repetition may be as fresh as the first: a webhook is repeated, or its event was durable although nobody was told so.
  const wasMet = sending.wasMet(request);
  if (attempt === 1 && (wasMet || ageMs() > FRESH_MS)) await sending.waitForList(signal);
  const earlier = findEarlier(request, await messages.list(request));
  if (earlier !== undefined) return outcomeOf(earlier);
  if (ageMs() > maxAgeMs) return { cause: 'expired', isOptedOut: false };
  // Whoever lost the request meanwhile leaves it to who has it now.
  signal.throwIfAborted();
  if (!sending.takeFromDay()) return { cause: 'over-limit', isOptedOut: false };
  const answer = await messages.send(request);
  return 'refusedWith' in answer ? failureOf(answer.refusedWith) : outcomeOf(answer);
}

const outcomeOf = (message: ListedMessage): Outcome =>
  message.errorCode === null ? { message } : failureOf(message.errorCode);

/** Publishes what became of a request. @throws EventLogUnavailableError */
export async function publishOutcome(
  { accountSid, callSid, reason }: MessageRequest,
  outcome: Outcome,
  traceparent: string | undefined,
  { publish, now }: Pick<Sending, 'publish' | 'now'>,
): Promise<void> {
  const named = { accountSid, callSid, reason };
  if ('message' in outcome) {
    const sentAt = outcome.message.createdAt.toISOString();
    const data = { ...named, messageSid: outcome.message.sid, sentAt };
    await publish([createEvent(messageSent, data, { time: sentAt, traceparent })]);
  } else {
    const failedAt = now().toISOString();
    await publish([createEvent(messageFailed, { ...named, ...outcome, failedAt }, { time: failedAt, traceparent })]);
  }
}
