import { TELLING_BYTES } from '../domain/first-bytes.ts';
import type { OpenMedia } from '../media-source.ts';

/** Reads a body's first bytes, enough of them to tell a WAV, and gives the whole body back; fewer only where there are no more. */
export async function peek(media: OpenMedia): Promise<{ first: Uint8Array; media: OpenMedia }> {
  const source = media.body[Symbol.asyncIterator]();
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < TELLING_BYTES) {
    const next = await source.next();
    if (next.done) break;
    pieces.push(next.value);
    bytes += next.value.length;
  }
  const first = Buffer.concat(pieces).subarray(0, TELLING_BYTES);
  const whole = async function* () {
    yield* pieces;
    yield* { [Symbol.asyncIterator]: () => source };
  };
  return { first, media: { ...media, body: whole() } };
}
