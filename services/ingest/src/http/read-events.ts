import type { HonoRequest } from 'hono';
import { mediaTypeOf, readBody } from './read-body.ts';
import { RefusedError } from './refused-error.ts';

/** Twilio sends the first; the others are the names that CloudEvents gives to the same. */
const MEDIA_TYPES = new Set(['application/json', 'application/cloudevents+json', 'application/cloudevents-batch+json']);

export interface ReceivedEvents {
  /** What the signature covers, by its hash in the query. */
  rawBody: string;
  /** Parses the body, which is not worth doing before it is known to be Twilio's. @throws RefusedError when it is not JSON */
  events(): unknown[];
}

/** The body of an Event Streams delivery. @throws RefusedError */
export async function readEvents(
  request: HonoRequest,
  bodyBytesMax: number,
  arrive?: (bytes: number) => void,
): Promise<ReceivedEvents> {
  if (!MEDIA_TYPES.has(mediaTypeOf(request))) throw new RefusedError(415, 'send application/json');
  const rawBody = await readBody(request, bodyBytesMax, arrive);
  return { rawBody, events: () => [parse(rawBody)].flat() };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new RefusedError(400, 'the body is not JSON');
  }
}
