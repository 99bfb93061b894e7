export interface TwilioSdkOptions {
  /** `https://api.twilio.com`, a region's, or a simulator. */
  apiUrl: string;
  accountSid: string;
  /** Preferred over the auth token: it can be revoked by itself. */
  apiKey?: { sid: string; secret: string } | undefined;
  authToken?: string | undefined;
  /** For one request, in milliseconds. */
  timeoutMs: number;
  /** Requests in all before a failure is the caller's; 1 for what is not safe to repeat. */
  attemptsMax: number;
  /** A longer Retry-After, in milliseconds, is the caller's to wait for. */
  waitMaxMs: number;
  /** Ends the waiting between attempts. */
  signal?: AbortSignal | undefined;
}

/** Loads the SDK, which takes some 150 ms: call it on first use. */
export async function openTwilioSdk(options: TwilioSdkOptions) {
  const [{ default: Twilio }, { RebasedClient }] = await Promise.all([
    import('twilio/lib/rest/Twilio.js'),
    import('./recordings-client-http.ts'),
  ]);
  const { apiUrl, apiKey, authToken, timeoutMs, attemptsMax, waitMaxMs, signal } = options;
  return new Twilio(apiKey?.sid ?? options.accountSid, apiKey?.secret ?? authToken, {
    accountSid: options.accountSid,
    httpClient: new RebasedClient({ apiUrl, timeoutMs, attemptsMax, waitMaxMs, signal }),
    // The SDK would read TWILIO_EDGE and TWILIO_REGION by itself; where Twilio is, is said by TWILIO_API_URL alone.
    env: {},
  });
}
