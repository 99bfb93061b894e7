import webhooks from 'twilio/lib/webhooks/webhooks.js';

/** The `X-Twilio-Signature` of a request whose form has these parameters. */
export const signatureOf = (authToken: string, url: string, parameters: Readonly<Record<string, string>>): string =>
  webhooks.getExpectedTwilioSignature(authToken, url, parameters);
