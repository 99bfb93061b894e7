import { createHash, randomBytes } from 'node:crypto';
import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import type { PromptWording } from '../domain/read-consent.ts';

const WORDING =
  'Thank you for calling. We would like to record and transcribe this call. Press 1 to agree. Press 2 to continue without recording.';

/** Seconds that the caller has to press a key. */
const ANSWER_SECONDS = 5;

/** What the caller hears, named by a hash so that the wording of every consent can be proved later. */
export const PROMPT: PromptWording = {
  version: createHash('sha256').update(WORDING).digest('hex').slice(0, 16),
  language: 'en-US',
};

/** Asks for one key and sends the answer, also none, to `/voice/consent`. The query names this hearing; Twilio signs it too. */
export function askForConsent(baseUrl: string): string {
  const response = new VoiceResponse();
  const visit = randomBytes(8).toString('hex');
  const gather = response.gather({
    input: ['dtmf'],
    numDigits: 1,
    timeout: ANSWER_SECONDS,
    actionOnEmptyResult: true,
    action: `${baseUrl}/voice/consent?visit=${visit}`,
    method: 'POST',
  });
  gather.say({ language: 'en-US' }, WORDING);
  return response.toString();
}

/**
 * Twilio retries a callback only when it could not connect, and only once, unless the address asks for more: up to five times, after
 * every failure, within 15 s in all. An answer takes at most PUBLISH_TIMEOUT, 3 s by default. Source: Twilio, "Webhooks: Connection
 * overrides"; the fragment is not part of what is signed.
 */
const RETRIES = '#rc=5&rp=all&ct=2000&rt=4000';

/** Seconds until an answer that could not be kept is tried again, and how often. The caller hears nothing meanwhile. */
const KEEP_AGAIN = { seconds: 2, timesMax: 2 };

interface UnkeptAnswer {
  digits: string;
  visit: string | undefined;
  /** How often it was sent again already. */
  times: number;
}

/** Sends the same answer again, or undefined when that was done often enough. */
export function keepAgain(baseUrl: string, { digits, visit, times }: UnkeptAnswer): string | undefined {
  if (times >= KEEP_AGAIN.timesMax) return undefined;
  const response = new VoiceResponse();
  response.pause({ length: KEEP_AGAIN.seconds });
  const query = new URLSearchParams({ digits, times: String(times + 1), ...(visit !== undefined && { visit }) });
  response.redirect({ method: 'POST' }, `${baseUrl}/voice/consent?${query}`);
  return response.toString();
}

/** Connects the caller, and records both sides on a channel each only where the caller agreed. */
export function connect(baseUrl: string, dialTo: string, record: boolean): string {
  const response = new VoiceResponse();
  if (record) {
    response.start().recording({
      channels: 'dual',
      // Silence belongs to the recording: cutting it would shift every time in the transcript.
      trim: 'do-not-trim',
      recordingStatusCallback: `${baseUrl}/webhooks/recording${RETRIES}`,
      // Twilio reports `completed` alone unless asked for more.
      recordingStatusCallbackEvent: ['in-progress', 'completed', 'absent'],
    });
  }
  const statusCallback = `${baseUrl}/webhooks/voice/status${RETRIES}`;
  response
    .dial()
    .number({ statusCallback, statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'] }, dialTo);
  return response.toString();
}
