import type { WavFormat } from './wav-header.ts';

/** RIFF, `fmt ` of 16 bytes and the head of `data`. Source: "Multimedia Programming Interface and Data Specifications 1.0". */
export const WAV_HEAD_BYTES = 44;
/** What writers put in for a size that they do not know. */
const UNKNOWN_SIZE = 0xff_ff_ff_ff;
const RIFF_REST_BYTES = WAV_HEAD_BYTES - 8;

/** Samples of which each takes whole bytes and stands beside those of the other channels: PCM, float, A-law, μ-law. */
const INTERLEAVED_FORMATS = [1, 3, 6, 7];

/** Why the channels of such a WAV cannot be told apart, or `undefined`. */
export function inseparable({ bitsPerSample, channels, formatTag }: WavFormat): string | undefined {
  if (channels === 1) return undefined;
  if (!INTERLEAVED_FORMATS.includes(formatTag)) return `WAV format ${formatTag}`;
  return bitsPerSample % 8 === 0 && bitsPerSample > 0 ? undefined : `samples of ${bitsPerSample} bits`;
}

/** The header of a WAV of one channel. @param dataBytes `undefined` where it is not known yet */
export function oneChannelHead({ bitsPerSample, formatTag, sampleRateHz }: WavFormat, dataBytes: number | undefined) {
  const head = Buffer.alloc(WAV_HEAD_BYTES);
  const frameBytes = bitsPerSample / 8;
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(dataBytes === undefined ? UNKNOWN_SIZE : RIFF_REST_BYTES + dataBytes, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(formatTag, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(sampleRateHz, 24);
  head.writeUInt32LE(sampleRateHz * frameBytes, 28);
  head.writeUInt16LE(frameBytes, 32);
  head.writeUInt16LE(bitsPerSample, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(dataBytes ?? UNKNOWN_SIZE, 40);
  return head;
}

/** Takes interleaved samples in pieces of any size; gives each channel's samples, and keeps what is not a whole frame yet. */
export function createDeinterleaver({ bitsPerSample, channels }: WavFormat): (piece: Uint8Array) => Buffer[] {
  const sampleBytes = bitsPerSample / 8;
  const frameBytes = sampleBytes * channels;
  let rest: Uint8Array = new Uint8Array(0);
  return (piece) => {
    const all = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const frames = Math.floor(all.length / frameBytes);
    const out = Array.from({ length: channels }, () => Buffer.allocUnsafe(frames * sampleBytes));
    for (let frame = 0, from = 0; frame < frames; frame += 1) {
      for (const channel of out) {
        for (let byte = 0; byte < sampleBytes; byte += 1, from += 1) {
          channel[frame * sampleBytes + byte] = all[from] as number;
        }
      }
    }
    // A copy: the piece's memory may be used again.
    rest = Uint8Array.from(all.subarray(frames * frameBytes));
    return out;
  };
}
