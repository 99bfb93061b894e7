import { consentRecorded, createEvent } from '@onrecord/shared/events';
import type { Acceptance, Callback } from './acceptance.ts';
import { requiredAccount, requiredSid } from './domain/parameters.ts';
import { partiesOf } from './domain/voice/parties.ts';

/** What is said to whom the application talks with. */
export interface Notice {
  /** The hash of the wording. */
  version: string;
  language: string;
}

/**
 * Takes in that a party is told of the recording. It is no agreement, and counts only where the policy asks for a notice. A request that
 * Twilio repeats says the same. Resolves when it is durable.
 * @throws ParameterError, EventLogUnavailableError
 */
export async function recordNotice(
  { parameters, accountSid, receivedAt, traceparent }: Callback,
  { publish }: Acceptance,
  { version, language }: Notice,
): Promise<void> {
  const data = {
    accountSid: requiredAccount(parameters, accountSid),
    callSid: requiredSid(parameters, 'CallSid', 'CA'),
    party: partiesOf(parameters).party,
    outcome: 'granted' as const,
    purposes: ['record' as const, 'transcribe' as const],
    method: 'notice',
    promptVersion: version,
    language,
    recordedAt: receivedAt,
    reference: `notice:${version}`,
  };
  await publish([createEvent(consentRecorded, data, { time: receivedAt, traceparent })]);
}
