import { createEvent, messageRequested } from '@onrecord/shared/events';
import type { Acceptance, Callback } from './acceptance.ts';
import { readMessage } from './domain/voice/read-message.ts';
import type { Turn } from './domain/voice/turn.ts';

/**
 * Asks for a message to the caller, which is sent outside of the webhook. Resolves when that is durable, or when the caller has no
 * number to send it to. @throws ParameterError, EventLogUnavailableError
 */
export async function requestMessage(
  { parameters, accountSid, receivedAt, traceparent }: Callback,
  { publish }: Acceptance,
  message: NonNullable<Turn['message']>,
): Promise<'requested' | 'no-number'> {
  const data = readMessage(parameters, accountSid, receivedAt, message);
  if (data === undefined) return 'no-number';
  await publish([createEvent(messageRequested, data, { time: receivedAt, traceparent })]);
  return 'requested';
}
