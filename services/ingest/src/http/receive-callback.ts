import { newTraceparent } from '@onrecord/shared/telemetry/traceparent';
import { isSignedByTwilio } from '@onrecord/shared/twilio/signature';
import type { Context } from 'hono';
import type { Callback } from '../acceptance.ts';
import type { Edge } from './edge.ts';
import { type CheckedRequest, explainSignature } from './explain-signature.ts';
import { type PublicUrl, publicPath, publicUrls } from './public-url.ts';
import { type ReceivedParameters, readRequest } from './read-request.ts';
import { RefusedError } from './refused-error.ts';

/**
 * Reads a callback and makes sure that Twilio sent it.
 * @throws RefusedError
 */
export async function receiveCallback(c: Context, edge: Edge): Promise<Callback> {
  const { signed, parameters, rawBody } = await readRequest(c.req, edge.bodyBytesMax);
  const { baseUrl: publicBaseUrl } = requireSignature(c, edge, { signed, rawBody });
  return { parameters, publicBaseUrl, receivedAt: edge.now().toISOString(), traceparent: newTraceparent() };
}

/**
 * Makes sure that Twilio sent a request, and says why it seems not so.
 * @returns the address that Twilio called
 * @throws RefusedError
 */
export function requireSignature(
  c: Context,
  edge: Edge,
  { signed, rawBody }: Pick<ReceivedParameters, 'signed' | 'rawBody'>,
): PublicUrl {
  const urls = publicUrls(c, edge.publicBaseUrls);
  const signature = c.req.header('x-twilio-signature');
  const called = urls.find(({ url }) =>
    isSignedByTwilio({ url, signature, parameters: signed, rawBody }, edge.authTokens),
  );
  if (called !== undefined) return called;
  return refuse(c, edge, {
    urls: urls.map(({ url }) => url),
    signature,
    parameters: signed,
    rawBody,
    tokens: edge.authTokens,
    otherTokens: [],
    apiKeySecrets: edge.apiKeySecrets,
    prefixes: edge.publicBaseUrls.map(publicPath).filter((path) => path !== ''),
  });
}

function refuse(c: Context, edge: Edge, request: CheckedRequest): never {
  const { reason, remedy, nearMiss, signed } = explainSignature(c, request, () =>
    edge.looks.take(edge.now().getTime()),
  );
  // The query can hold phone numbers; the path and the host are what people get wrong.
  const signedUrl = request.urls.map(withoutQuery).join(' or ');
  const cause = nearMiss === 'not-looked-for' ? undefined : nearMiss;
  const url = signed === undefined ? undefined : withoutQuery(signed);
  edge.logger.warn({ reason, signedUrl, cause, url, remedy }, 'a request was not signed by Twilio');
  edge.metrics.notSigned(request.signature === undefined ? 'missing' : 'mismatch', nearMiss);
  throw new RefusedError(403, reason);
}

const withoutQuery = (url: string) => url.replace(/\?.*/s, '?…');
