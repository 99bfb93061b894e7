import type { VoiceFile } from './voice-file.ts';
import { voiceFileSchema } from './voice-file.ts';

const WORDING =
  'Thank you for calling. We would like to record and transcribe this call. Press 1 to agree. Press 2 to continue without recording.';

/** What callers hear where VOICE_DIAL_TO alone is set: one question, once, and the call goes on whatever the answer. */
export const builtInVoiceFile = (dialTo: string): VoiceFile =>
  voiceFileSchema.parse({
    version: 1,
    languages: [{ id: 'en', language: 'en-US' }],
    prompts: { consent: { en: WORDING } },
    consent: { mode: 'ask', prompt: 'consent', retries: 0 },
    start: { destination: 'dial-to' },
    destinations: { 'dial-to': { number: dialTo } },
  });
