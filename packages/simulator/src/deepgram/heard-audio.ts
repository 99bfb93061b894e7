import { createHash } from 'node:crypto';
import { readMp3Head } from '../speech/mp3-head.ts';
import { readWavHead, type WavHead } from '../speech/wav-head.ts';

/** Bytes that are kept to find where the sound begins: the script of a day-long call fits. */
const HEAD_BYTES_MAX = 8 * 1_024 * 1_024;

export interface HeardAudio {
  sha256: string;
  /** Undefined when it is neither WAV nor MP3. */
  head: WavHead | undefined;
  /** By the bytes that arrived, whatever the header claims; 0 when it is neither. */
  durationSeconds: number;
}

/** Listens to audio piece by piece; of the samples nothing is kept. */
export function createListener(onHeard: (heard: { bytes: number; recordingSid?: string | undefined }) => void) {
  const hash = createHash('sha256');
  let bytes = 0;
  let pending: Buffer | undefined = Buffer.alloc(0);
  let head: WavHead | undefined;

  const readHead = (piece: Buffer) => {
    if (!pending) return;
    pending = Buffer.concat([pending, piece]);
    const reading = pending.toString('latin1', 0, 4) === 'RIFF' ? readWavHead(pending) : readMp3Head(pending);
    if (reading === 'incomplete' && pending.length < HEAD_BYTES_MAX) return;
    if (reading !== 'incomplete' && 'found' in reading) head = reading.found;
    pending = undefined;
  };

  return {
    push(piece: Buffer): void {
      hash.update(piece);
      bytes += piece.length;
      readHead(piece);
      onHeard({ bytes, recordingSid: head?.script?.recordingSid });
    },
    end(): HeardAudio {
      return { sha256: hash.digest('hex'), head, durationSeconds: head ? seconds(head, bytes) : 0 };
    },
  };
}

/** Chunks after the samples are no audio; a header that claims nothing usable is not believed. */
function seconds({ dataOffset, dataBytes, bytesPerSecond }: WavHead, bytes: number): number {
  const arrived = Math.max(0, bytes - dataOffset);
  return (dataBytes > 0 ? Math.min(arrived, dataBytes) : arrived) / bytesPerSecond;
}
