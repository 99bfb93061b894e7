import { newTraceparent } from '@onrecord/shared/telemetry/traceparent';
import { sidAttributes } from '@onrecord/shared/telemetry/tracing/sids';
import { describeSpan, isTracing } from '@onrecord/shared/telemetry/tracing/spans';
import { isSignedByTwilio } from '@onrecord/shared/twilio/signature';
import type { Context } from 'hono';
import type { Callback } from '../acceptance.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Edge } from './edge.ts';
import { publicUrls } from './public-url.ts';
import { type ReceivedParameters, readRequest } from './read-request.ts';
import { RefusedError } from './refused-error.ts';

const REMEDY =
  'PUBLIC_BASE_URL must be the address that Twilio calls, and TWILIO_AUTH_TOKEN the account’s primary token';

/**
 * Reads a callback and makes sure that Twilio sent it.
 * @throws RefusedError
 */
export async function receiveCallback(c: Context, edge: Edge): Promise<Callback> {
  const { signed, parameters, rawBody } = await readRequest(c.req, edge);
  requireSignature(c, edge, { signed, rawBody });
  describeRequest(parameters);
  return { parameters, receivedAt: edge.now().toISOString(), traceparent: newTraceparent() };
}

const SID = /^[A-Z]{2}[0-9a-f]{32}$/;

/** Says what a request is about in its span, where it has one. */
function describeRequest({ CallSid, ParentCallSid, ConferenceSid, RecordingSid }: Parameters): void {
  if (!isTracing()) return;
  const sids = {
    callSid: CallSid,
    parentCallSid: ParentCallSid,
    conferenceSid: ConferenceSid,
    recordingSid: RecordingSid,
  };
  describeSpan(sidAttributes(Object.fromEntries(Object.entries(sids).filter(([, sid]) => SID.test(sid ?? '')))));
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
  if (!isSigned) {
    const reason = signature === undefined ? 'no X-Twilio-Signature header' : 'the signature does not match';
    // The query can hold phone numbers; the path and the host are what people get wrong.
    edge.logger.warn(
      { reason, signedUrl: withoutQuery(urls[0]), remedy: REMEDY },
      'a request was not signed by Twilio',
    );
    edge.metrics.notSigned(signature === undefined ? 'missing' : 'mismatch');
    throw new RefusedError(403, reason);
  }
}

const withoutQuery = (url: string) => url.replace(/\?.*/s, '?…');
