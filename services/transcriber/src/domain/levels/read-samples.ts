import type { WavFormat } from '../wav-header.ts';

/** Gives the samples of whole frames, from -32768 to 32767; what it returns holds until it is called again. */
export type ReadSamples = (bytes: Uint8Array) => Int16Array;

/** As many bytes at once as a download comes in; a longer piece is read in several turns. */
export const BLOCK_BYTES = 64 * 1024;

const PCM = 1;
const A_LAW = 6;
const MU_LAW = 7;

/** @returns `undefined` where the encoding is none that Twilio serves and this can read */
export function sampleReader({ formatTag, bitsPerSample }: WavFormat): ReadSamples | undefined {
  if (formatTag === PCM && bitsPerSample === 16) return pcm16();
  if (bitsPerSample !== 8) return undefined;
  // WAV has unsigned samples where they have 8 bits, and signed ones otherwise.
  if (formatTag === PCM) return byTable((byte) => (byte - 128) << 8);
  if (formatTag === A_LAW) return byTable(fromALaw);
  return formatTag === MU_LAW ? byTable(fromMuLaw) : undefined;
}

/** Looks at the bytes where they are; only bytes that lie at an odd place, or the wrong way round, must be moved first. */
function pcm16(): ReadSamples {
  let moved: Buffer<ArrayBuffer> | undefined;
  return (bytes) => {
    const samples = bytes.length / 2;
    if (IS_LITTLE_ENDIAN && bytes.byteOffset % 2 === 0) return new Int16Array(bytes.buffer, bytes.byteOffset, samples);
    moved ??= Buffer.alloc(BLOCK_BYTES);
    moved.set(bytes);
    if (!IS_LITTLE_ENDIAN) moved.subarray(0, bytes.length).swap16();
    return new Int16Array(moved.buffer, moved.byteOffset, samples);
  };
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function byTable(sampleOf: (byte: number) => number): ReadSamples {
  const values = Int16Array.from({ length: 256 }, (_, byte) => sampleOf(byte));
  const block = new Int16Array(BLOCK_BYTES);
  return (bytes) => {
    for (let index = 0; index < bytes.length; index += 1) block[index] = values[bytes[index] as number] as number;
    return block.subarray(0, bytes.length);
  };
}

/** 13 bits of a sign, an exponent and a mantissa, with every second bit inverted. Source: ITU-T G.711, table 1. */
function fromALaw(byte: number): number {
  const bits = byte ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 256) << (exponent - 1);
  return (bits & 0x80) === 0 ? -magnitude : magnitude;
}

/** 14 bits of a sign, an exponent and a mantissa, all inverted, with a bias of 132. Source: ITU-T G.711, table 2. */
function fromMuLaw(byte: number): number {
  const bits = ~byte & 0xff;
  const magnitude = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132;
  return (bits & 0x80) === 0 ? magnitude : -magnitude;
}
