import { createHash } from 'node:crypto';
import { readWavHead, type WavHead } from '../speech/wav-head.ts';

/** Bytes that are kept to find the samples of a WAV: the script of a day-long call fits. */
const HEAD_BYTES_MAX = 8 * 1_024 * 1_024;

export interface HeardAudio {
  sha256: string;
  bytes: number;
  /** Undefined when it is no WAV. */
  head: WavHead | undefined;
  /** By the bytes that arrived, whatever the header claims. */
  durationSeconds: number;
}

/** Listens to audio piece by piece; of the samples nothing is kept. */
export function createListener() {
  const hash = createHash('sha256');
  let bytes = 0;
  let pending: Buffer | undefined = Buffer.alloc(0);
  let head: WavHead | undefined;

  return {
    bytes: () => bytes,
    push(piece: Buffer): void {
      hash.update(piece);
      bytes += piece.length;
      if (!pending) return;
      pending = Buffer.concat([pending, piece]);
      const reading = readWavHead(pending);
      if (reading === 'incomplete' && pending.length < HEAD_BYTES_MAX) return;
      if (typeof reading === 'object' && 'found' in reading) head = reading.found;
      pending = undefined;
    },
    end(): HeardAudio {
      const sampleBytes = head ? Math.max(0, bytes - head.dataOffset) : 0;
      // Chunks after the samples are no audio; a header that claims nothing usable is not believed.
      const claimed = head && head.dataBytes > 0 ? Math.min(sampleBytes, head.dataBytes) : sampleBytes;
      return { sha256: hash.digest('hex'), bytes, head, durationSeconds: head ? claimed / head.bytesPerSecond : 0 };
    },
  };
}
