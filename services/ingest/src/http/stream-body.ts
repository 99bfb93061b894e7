import type { HonoRequest } from 'hono';
import { refuseCoded } from './read-body.ts';
import { RefusedError } from './refused-error.ts';

/**
 * The body as it arrives, for what is not to be held in memory.
 * @param remedy for whoever runs this, where it is too long
 * @throws RefusedError also while it is read: too long, broken off, or nothing at all
 */
export function streamBody(request: HonoRequest, bytesMax: number, remedy: string): AsyncIterable<Uint8Array> {
  refuseCoded(request.header('content-encoding'));
  const bytes = Number(request.header('content-length'));
  if (bytes > bytesMax) throw tooLong(bytesMax, remedy);
  return bounded(request.raw, bytesMax, remedy);
}

async function* bounded({ body }: Request, bytesMax: number, remedy: string): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of body ?? []) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw tooLong(bytesMax, remedy);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    throw new RefusedError(400, 'the body ended before it was complete');
  }
  if (bytes === 0) throw new RefusedError(400, 'the body is empty');
}

const tooLong = (bytesMax: number, remedy: string) =>
  new RefusedError(413, `the body is longer than ${bytesMax} bytes`, { seen: { remedy } });
