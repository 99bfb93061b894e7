import { newTraceparent } from '@onrecord/shared/telemetry/traceparent';
import { isSignedByTwilio } from '@onrecord/shared/twilio/signature';
import type { Context } from 'hono';
import type { Callback } from '../acceptance.ts';
import type { Edge } from './edge.ts';
import { type CheckedRequest, explainSignature } from './explain-signature.ts';
import { publicPath, publicUrls } from './public-url.ts';
import { type ReceivedParameters, readRequest } from './read-request.ts';
import { RefusedError } from './refused-error.ts';

/**
 * Reads a callback and makes sure that Twilio sent it.
 * @throws RefusedError
 */
export async function receiveCallback(c: Context, edge: Edge): Promise<Callback> {
  const { signed, parameters, rawBody } = await readRequest(c.req, edge.bodyBytesMax);
  requireSignature(c, edge, { signed, rawBody });
  return { parameters, receivedAt: edge.now().toISOString(), traceparent: newTraceparent() };
}

/** Makes sure that Twilio sent a request, and says why it seems not so. @throws RefusedError */
export function requireSignature(
  c: Context,
  edge: Edge,
  { signed, rawBody }: Pick<ReceivedParameters, 'signed' | 'rawBody'>,
): void {
  const urls = publicUrls(c, edge.publicBaseUrl);
  const signature = c.req.header('x-twilio-signature');
  const isSigned = urls.some((url) =>
    isSignedByTwilio({ url, signature, parameters: signed, rawBody }, edge.authTokens),
  );
  if (isSigned) return;
  refuse(c, edge, {
    urls,
    signature,
    parameters: signed,
    rawBody,
    tokens: edge.authTokens,
    otherTokens: [],
    apiKeySecrets: edge.apiKeySecrets,
    prefix: publicPath(edge.publicBaseUrl),
  });
}

function refuse(c: Context, edge: Edge, request: CheckedRequest): never {
  const { reason, remedy, nearMiss, signed } = explainSignature(c, request, () =>
    edge.looks.take(edge.now().getTime()),
  );
  // The query can hold phone numbers; the path and the host are what people get wrong.
  const signedUrl = withoutQuery(request.urls[0]);
  const cause = nearMiss === 'not-looked-for' ? undefined : nearMiss;
  const url = signed === undefined ? undefined : withoutQuery(signed);
  edge.logger.warn({ reason, signedUrl, cause, url, remedy }, 'a request was not signed by Twilio');
  edge.metrics.notSigned(request.signature === undefined ? 'missing' : 'mismatch', nearMiss);
  throw new RefusedError(403, reason);
}

const withoutQuery = (url: string) => url.replace(/\?.*/s, '?…');
