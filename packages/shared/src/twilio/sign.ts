import webhooks from 'twilio/lib/webhooks/webhooks.js';

/** The `X-Twilio-Signature` of a request without parameters. */
export const signatureOf = (authToken: string, url: string): string =>
  webhooks.getExpectedTwilioSignature(authToken, url, {});
