import { ObjectStoreError } from '../port.ts';
import { releaseChunk } from '../release-chunk.ts';
import type { PartBuffers } from './part-buffers.ts';
import { partBytes } from './part-size.ts';

export interface Part {
  /** Counted from 1. */
  number: number;
  /** The filled beginning of `buffer`. */
  body: Buffer;
  /** What to give back once the part has been stored. */
  buffer: Buffer;
  isLast: boolean;
}

/** The first buffer begins with this size and grows, so that many small objects at once do not take a whole part each. */
const FIRST_BUFFER_BYTES = 64 * 1024;
const GROWTH_FACTOR = 8;

/**
 * Copies the source into part buffers. A part is handed over when the byte after it has come, or the end; a source without bytes is
 * one empty part. The source is not read while every buffer is in use.
 */
export async function* cutIntoParts(
  source: AsyncIterable<Uint8Array>,
  baseBytes: number,
  buffers: PartBuffers,
): AsyncGenerator<Part, void, undefined> {
  let number = 1;
  let size = baseBytes;
  let buffer = await buffers.acquire(Math.min(FIRST_BUFFER_BYTES, size));
  let filled = 0;
  for await (const chunk of source) {
    for (let offset = 0; offset < chunk.byteLength; ) {
      if (filled === size) {
        yield { number, body: buffer.subarray(0, filled), buffer, isLast: false };
        number += 1;
        size = sizeOf(number, baseBytes);
        buffer = await buffers.acquire(size);
        filled = 0;
      }
      if (filled === buffer.byteLength) buffer = grow(buffer, size);
      const taken = Math.min(buffer.byteLength - filled, chunk.byteLength - offset);
      buffer.set(chunk.subarray(offset, offset + taken), filled);
      filled += taken;
      offset += taken;
    }
  }
  yield { number, body: buffer.subarray(0, filled), buffer, isLast: true };
}

function grow(buffer: Buffer, size: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.min(size, buffer.byteLength * GROWTH_FACTOR));
  larger.set(buffer);
  releaseChunk(buffer);
  return larger;
}

function sizeOf(number: number, baseBytes: number): number {
  const size = partBytes(number, baseBytes);
  if (size !== undefined) return size;
  throw new ObjectStoreError('the object is longer than an upload can be: raise S3_PART_BYTES', { retryable: false });
}
