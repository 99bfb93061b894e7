import { consentRecorded, createEvent } from '@onrecord/shared/events';
import type { Acceptance, Callback } from './acceptance.ts';
import { type PromptVisit, readConsent } from './domain/read-consent.ts';
import type { ConsentAnswer } from './domain/voice/hear.ts';

/**
 * Takes in the answer to the consent prompt; there is nothing to keep where it is none. Resolves when it is durable.
 * @throws ParameterError, EventLogUnavailableError
 */
export async function recordConsent(
  callback: Callback,
  { publish }: Acceptance,
  prompt: PromptVisit,
  answer: ConsentAnswer,
): Promise<void> {
  const data = readConsent(callback.parameters, callback.accountSid, callback.receivedAt, prompt, answer);
  if (data === undefined) return;
  await publish([createEvent(consentRecorded, data, { time: data.recordedAt, traceparent: callback.traceparent })]);
}
