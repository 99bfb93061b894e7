import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutIntoParts } from './cut-into-parts.ts';
import { PartBuffers } from './part-buffers.ts';

async function* inChunks(chunks: readonly Uint8Array[]) {
  yield* chunks;
}

/** Cuts while one buffer at most is out, so that buffers are used again and again. */
async function cut(chunks: readonly Uint8Array[], baseBytes: number) {
  const buffers = new PartBuffers(1, new AbortController().signal);
  const parts: { number: number; bytes: Buffer; isLast: boolean }[] = [];
  for await (const { number, body, buffer, isLast } of cutIntoParts(inChunks(chunks), baseBytes, buffers)) {
    parts.push({ number, bytes: Buffer.from(body), isLast });
    buffers.giveBack(buffer);
  }
  return parts;
}

describe('cutting a source into parts', () => {
  it('keeps every byte in order, in full parts of which the last alone may be shorter', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.integer({ min: 0, max: 300_000 }).map((bytes) => randomBytes(bytes)),
          { maxLength: 6 },
        ),
        fc.integer({ min: 1_000, max: 200_000 }),
        async (chunks, baseBytes) => {
          const parts = await cut(chunks, baseBytes);
          const whole = Buffer.concat(chunks);
          expect(Buffer.concat(parts.map(({ bytes }) => bytes)).equals(whole)).toBe(true);
          expect(parts.map(({ number }) => number)).toEqual(parts.map((_, index) => index + 1));
          expect(parts.slice(0, -1).every(({ bytes, isLast }) => bytes.length === baseBytes && !isLast)).toBe(true);
          expect(parts.at(-1)?.isLast).toBe(true);
          expect(parts).toHaveLength(Math.max(1, Math.ceil(whole.length / baseBytes)));
        },
      ),
      { numRuns: 50 },
    ));

  it('takes little memory for a small object, however large a part may be', async () => {
    const buffers = new PartBuffers(1, new AbortController().signal);
    const parts = cutIntoParts(inChunks([Buffer.from('{}')]), 1024 ** 3, buffers);
    expect((await parts.next()).value?.buffer.byteLength).toBe(64 * 1024);
  });

  it('waits for a buffer, and stops waiting when the put fails', async () => {
    const control = new AbortController();
    const buffers = new PartBuffers(1, control.signal);
    await buffers.acquire(10);
    const waiting = buffers.acquire(10);
    const reason = new Error('part 1 failed');
    control.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});
