import { newTraceparent } from '@onrecord/shared/telemetry/traceparent';
import { isSignedByTwilio } from '@onrecord/shared/twilio/signature';
import type { HonoRequest } from 'hono';
import type { Callback } from '../acceptance.ts';
import type { Edge } from './edge.ts';
import { readRequest } from './read-request.ts';
import { RefusedError } from './refused-error.ts';

/**
 * Reads a callback and makes sure that Twilio sent it.
 * @throws RefusedError
 */
export async function receiveCallback(request: HonoRequest, edge: Edge): Promise<Callback> {
  const { signed, parameters, rawBody } = await readRequest(request, edge.bodyBytesMax);
  const url = publicUrl(request, edge.publicBaseUrl);
  const signature = request.header('x-twilio-signature');
  if (!isSignedByTwilio({ url, signature, parameters: signed, rawBody }, edge.authTokens)) {
    const reason = signature === undefined ? 'no X-Twilio-Signature header' : 'the signature does not match';
    const remedy =
      'PUBLIC_BASE_URL must be the address that Twilio calls, and TWILIO_AUTH_TOKEN the account’s primary token';
    // The query can hold phone numbers; the path and the host are what people get wrong.
    edge.logger.warn({ reason, signedUrl: withoutQuery(url), remedy }, 'a request was not signed by Twilio');
    throw new RefusedError(403, reason);
  }
  return { parameters, receivedAt: edge.now().toISOString(), traceparent: newTraceparent() };
}

/** The address that Twilio called: the configured one, because a Host header can say anything. */
function publicUrl(request: HonoRequest, baseUrl: string): string {
  const { pathname, search } = new URL(request.url);
  return `${baseUrl}${pathname}${search}`;
}

const withoutQuery = (url: string) => url.replace(/\?.*/, '?…');
