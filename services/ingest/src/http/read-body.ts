import type { HonoRequest } from 'hono';
import { RefusedError } from './refused-error.ts';

/**
 * The body as text; bytes that are no UTF-8 become U+FFFD. What says how long it is, is refused before it is read; a proxy may send it
 * in chunks of unknown sum. `arrive` is told of each chunk and may refuse it.
 * @throws RefusedError
 */
export async function readBody(
  request: HonoRequest,
  bytesMax: number,
  arrive: (bytes: number) => void = () => {},
): Promise<string> {
  refuseCoded(request.header('content-encoding'));
  const bytes = Number(request.header('content-length'));
  if (bytes > bytesMax) throw tooLong(bytesMax, bytes);
  try {
    return await readBounded(request.raw, bytesMax, arrive);
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    throw new RefusedError(400, 'the body ended before it was complete');
  }
}

/**
 * Without its parameters, in lower case; empty where there is none.
 * @throws RefusedError when its charset is another than UTF-8, the only one that Twilio sends
 */
export function mediaTypeOf(request: HonoRequest): string {
  const [mediaType = '', ...parameters] = (request.header('content-type') ?? '').toLowerCase().split(';');
  for (const parameter of parameters) {
    const charset = /^\s*charset\s*=\s*"?([^"\s]*)/.exec(parameter)?.[1];
    if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
      throw new RefusedError(415, `the charset ${quoted(charset)} is not taken: send UTF-8`);
    }
  }
  return mediaType.trim();
}

/** A few bytes can unpack to gigabytes, and Twilio compresses nothing. @throws RefusedError */
export function refuseCoded(encoding: string | undefined): void {
  if (encoding === undefined || encoding === '' || encoding.toLowerCase() === 'identity') return;
  const headers = { 'accept-encoding': 'identity' };
  throw new RefusedError(415, `the content encoding ${quoted(encoding)} is not taken: send the body as it is`, {
    headers,
  });
}

const QUOTED_CHARACTERS_MAX = 40;
const quoted = (text: string) => JSON.stringify(text.slice(0, QUOTED_CHARACTERS_MAX));

async function readBounded({ body }: Request, bytesMax: number, arrive: (bytes: number) => void): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw tooLong(bytesMax);
    arrive(chunk.length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const tooLong = (bytesMax: number, bytes?: number) => {
  const remedy = 'if Twilio sent it, raise BODY_BYTES_MAX, or ALERT_BODY_BYTES_MAX for the debugger and Event Streams';
  return new RefusedError(413, `the body is longer than ${bytesMax} bytes`, { seen: { bytes, remedy } });
};
