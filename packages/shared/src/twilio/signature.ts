import webhooks from 'twilio/lib/webhooks/webhooks.js';

/** What a callback was signed with. */
export interface SignedRequest {
  /** The public address that Twilio called, query included: never taken from the Host header. */
  url: string;
  /** The `X-Twilio-Signature` header. */
  signature: string | undefined;
  /** Form parameters of a POST; a repeated one is a list. Empty for GET. */
  parameters: Readonly<Record<string, string | string[]>>;
  /** The raw body of a JSON request, whose hash is in the URL's `bodySHA256`. */
  rawBody?: string | undefined;
}

/**
 * Whether Twilio signed the request with one of the tokens: the current one, and the next one while it is being promoted.
 * Never throws: hostile input is simply not signed. Algorithm: Twilio, "Validating requests", through the SDK's own check.
 */
export function isSignedByTwilio(request: SignedRequest, authTokens: readonly string[]): boolean {
  const { signature } = request;
  if (signature === undefined) return false;
  return authTokens.some((token) => {
    try {
      return isSignedWith(token, signature, request);
    } catch {
      return false;
    }
  });
}

function isSignedWith(token: string, signature: string, { url, parameters, rawBody }: SignedRequest): boolean {
  return rawBody === undefined
    ? webhooks.validateRequest(token, signature, url, parameters)
    : webhooks.validateRequestWithBody(token, signature, url, rawBody);
}
