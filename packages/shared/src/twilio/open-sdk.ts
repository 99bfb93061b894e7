import type { RebasedClientOptions } from './recordings-client-http.ts';

export interface TwilioSdkOptions extends RebasedClientOptions {
  accountSid: string;
  /** Preferred over the auth token: it can be revoked by itself. */
  apiKey?: { sid: string; secret: string } | undefined;
  authToken?: string | undefined;
}

/** Loads the SDK, which takes 0.1 to 0.2 s (measured on two machines): call it on first use. */
export async function openTwilioSdk(options: TwilioSdkOptions) {
  const [{ default: Twilio }, { RebasedClient }] = await Promise.all([
    import('twilio/lib/rest/Twilio.js'),
    import('./recordings-client-http.ts'),
  ]);
  const { accountSid, apiKey, authToken } = options;
  return new Twilio(apiKey?.sid ?? accountSid, apiKey?.secret ?? authToken, {
    accountSid,
    httpClient: new RebasedClient(options),
    // The SDK would read TWILIO_EDGE and TWILIO_REGION by itself; where Twilio is, is said by TWILIO_API_URL alone.
    env: {},
  });
}
