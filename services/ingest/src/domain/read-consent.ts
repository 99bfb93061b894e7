import type { consentRecorded, DataOf } from '@onrecord/shared/events';
import * as read from './parameters.ts';

/** The wording that the caller heard. */
export interface PromptWording {
  version: string;
  language: string;
}

/** One hearing of the prompt. */
export interface PromptVisit extends PromptWording {
  /** Names this hearing among those of one call; none where the prompt was begun before they were named. */
  visit?: string | undefined;
}

const VISIT = /^[0-9a-f]{16}$/;

/** What a pressed key means; any other key, and none, is no answer. */
const ANSWERS = new Map<string, 'granted' | 'refused'>([
  ['1', 'granted'],
  ['2', 'refused'],
]);

/**
 * The caller's answer to the consent prompt, or undefined where there was none: silence is not consent, and no refusal either.
 * @throws ParameterError
 */
export function readConsent(
  parameters: read.Parameters,
  accountSid: string,
  receivedAt: string,
  prompt: PromptVisit,
): DataOf<typeof consentRecorded> | undefined {
  const account = read.requiredAccount(parameters, accountSid);
  const callSid = read.requiredSid(parameters, 'CallSid', 'CA');
  const { visit } = prompt;
  if (visit !== undefined && !VISIT.test(visit))
    throw new read.ParameterError('visit', 'must be 16 hexadecimal digits');
  const digits = read.optional(parameters, 'Digits') ?? '';
  const outcome = ANSWERS.get(digits);
  if (outcome === undefined) return undefined;
  return {
    accountSid: account,
    callSid,
    party: 'caller',
    outcome,
    purposes: ['record', 'transcribe'],
    method: 'key-press',
    promptVersion: prompt.version,
    language: prompt.language,
    recordedAt: receivedAt,
    // A caller may come by the prompt again and change their mind, and back; a repeated request has the same visit.
    reference: visit === undefined ? `key-press:${digits}` : `key-press:${visit}:${digits}`,
  };
}
