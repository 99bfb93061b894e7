import { describe, expect, it } from 'vitest';
import { releaseChunk } from './release-chunk.ts';

describe('releasing a chunk', () => {
  it('gives its memory back', () => {
    const chunk = Buffer.allocUnsafeSlow(65_536);
    releaseChunk(chunk);
    expect(chunk.byteLength).toBe(0);
  });

  it('leaves a chunk alone that shares its memory with others', () => {
    const whole = Buffer.allocUnsafeSlow(1_000);
    releaseChunk(whole.subarray(0, 999));
    releaseChunk(Buffer.from('from the pool'));
    releaseChunk(new Uint8Array(new SharedArrayBuffer(10)));
    expect(whole.byteLength).toBe(1_000);
    expect(Buffer.from('from the pool').toString()).toBe('from the pool');
  });
});
