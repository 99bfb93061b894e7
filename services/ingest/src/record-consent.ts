import { consentRecorded, createEvent } from '@onrecord/shared/events';
import type { Acceptance, Callback } from './acceptance.ts';
import { type PromptVisit, readConsent } from './domain/read-consent.ts';

/**
 * Takes in the answer to the consent prompt and tells it, `none` where there was none. Resolves when it is durable.
 * @throws ParameterError, EventLogUnavailableError
 */
export async function recordConsent(
  callback: Callback,
  { publish }: Acceptance,
  prompt: PromptVisit,
): Promise<'granted' | 'refused' | 'none'> {
  const data = readConsent(callback.parameters, callback.accountSid, callback.receivedAt, prompt);
  if (data === undefined) return 'none';
  await publish([createEvent(consentRecorded, data, { time: data.recordedAt, traceparent: callback.traceparent })]);
  return data.outcome;
}
