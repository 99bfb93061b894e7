import { onTestFinished } from 'vitest';
import { createTwilioMedia, type TwilioMedia, type TwilioMediaOptions } from '../adapters/twilio-media.ts';

/** Twilio's media as the transcriber fetches them, from a server of one test. */
export function twilioMediaAt(apiUrl: string, overrides: Partial<TwilioMediaOptions> = {}): TwilioMedia {
  const media = createTwilioMedia({
    apiUrl,
    authorization: `Basic ${btoa('SKkey:secret')}`,
    connectTimeoutMs: 5_000,
    headersTimeoutMs: 5_000,
    bodyTimeoutMs: 5_000,
    redirectsMax: 3,
    now: () => new Date('2026-11-21T12:00:00Z'),
    ...overrides,
  });
  onTestFinished(() => media.close());
  return media;
}
