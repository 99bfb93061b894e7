import type { WavFormat } from '../wav-header.ts';
import { samples, samplesAsBytes } from './kernel/sums.ts';

/** Puts the samples of whole frames, from -32768 to 32767, where the kernel sums them up. @returns how many there are */
export type ReadSamples = (bytes: Uint8Array) => number;

/** As many bytes at once as a download comes in; a longer piece is read in several turns. */
export const BLOCK_BYTES = 64 * 1024;

const PCM = 1;
const A_LAW = 6;
const MU_LAW = 7;

/** @returns `undefined` where the encoding is none that Twilio serves and this can read */
export function sampleReader({ formatTag, bitsPerSample }: WavFormat): ReadSamples | undefined {
  if (formatTag === PCM && bitsPerSample === 16) return readPcm16;
  if (bitsPerSample !== 8) return undefined;
  // WAV has unsigned samples where they have 8 bits, and signed ones otherwise.
  if (formatTag === PCM) return byTable((byte) => (byte - 128) << 8);
  if (formatTag === A_LAW) return byTable(fromALaw);
  return formatTag === MU_LAW ? byTable(fromMuLaw) : undefined;
}

/** WAV and WebAssembly both have the lower byte first, whatever this machine has. */
function readPcm16(bytes: Uint8Array): number {
  samplesAsBytes.set(bytes);
  return bytes.length / 2;
}

function byTable(sampleOf: (byte: number) => number): ReadSamples {
  const values = Int16Array.from({ length: 256 }, (_, byte) => sampleOf(byte));
  return (bytes) => {
    for (let index = 0; index < bytes.length; index += 1) samples[index] = values[bytes[index] as number] as number;
    return bytes.length;
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
