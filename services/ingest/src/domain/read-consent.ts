import type { consentRecorded, DataOf } from '@onrecord/shared/events';
import * as read from './parameters.ts';
import type { ConsentAnswer } from './voice/hear.ts';
import { partiesOf } from './voice/parties.ts';

/** One hearing of the prompt. */
export interface PromptVisit {
  /** The hash of the wording that the caller heard. */
  version: string;
  language: string;
  /** Names this hearing among those of one call; none where the prompt was begun before they were named. */
  visit?: string | undefined;
}

const VISIT = /^[0-9a-f]{16}$/;

/**
 * The answer to the consent prompt of whom the application talks with, or undefined where there was none: silence is not consent, and no refusal either.
 * @throws ParameterError
 */
export function readConsent(
  parameters: read.Parameters,
  accountSid: string,
  receivedAt: string,
  prompt: PromptVisit,
  answer: ConsentAnswer,
): DataOf<typeof consentRecorded> | undefined {
  const account = read.requiredAccount(parameters, accountSid);
  const callSid = read.requiredSid(parameters, 'CallSid', 'CA');
  const { visit } = prompt;
  if (visit !== undefined && !VISIT.test(visit))
    throw new read.ParameterError('visit', 'must be 16 hexadecimal digits');
  const { outcome, method } = answer;
  if (outcome === 'none') return undefined;
  const given = method === 'key-press' ? (parameters.Digits ?? '') : outcome;
  return {
    accountSid: account,
    callSid,
    party: partiesOf(parameters).party,
    outcome,
    purposes: ['record', 'transcribe'],
    method,
    promptVersion: prompt.version,
    language: prompt.language,
    recordedAt: receivedAt,
    // A caller may come by the prompt again and change their mind, and back; a repeated request has the same visit.
    reference: visit === undefined ? `${method}:${given}` : `${method}:${visit}:${given}`,
  };
}
