export interface WavParts {
  seconds: number;
  channels?: number;
  /** Chunks between the format and the data. */
  before?: Buffer[];
  /** Chunks behind the data. */
  after?: Buffer[];
  formatExtension?: Buffer;
  /** What the header claims; the truth by default. */
  dataSize?: number;
}

const SAMPLE_RATE_HZ = 8_000;
const BYTES_PER_SAMPLE = 2;

/** A WAV file of 16-bit PCM at 8 kHz with a tone-like pattern, so that every piece of it differs. */
export function wav({ seconds, channels = 1, before = [], after = [], formatExtension, dataSize }: WavParts): Buffer {
  const frameBytes = Math.max(1, channels) * BYTES_PER_SAMPLE;
  const samples = Buffer.alloc(Math.round(seconds * SAMPLE_RATE_HZ) * frameBytes);
  for (let index = 0; index < samples.length; index += 1) samples[index] = (index * 31 + (index >> 8)) & 0xff;
  const data = chunk('data', samples);
  if (dataSize !== undefined) data.writeUInt32LE(dataSize, 4);
  const format = Buffer.alloc(16);
  format.writeUInt16LE(1, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(SAMPLE_RATE_HZ, 4);
  format.writeUInt32LE(SAMPLE_RATE_HZ * channels * BYTES_PER_SAMPLE, 8);
  format.writeUInt16LE(frameBytes, 12);
  format.writeUInt16LE(BYTES_PER_SAMPLE * 8, 14);
  const chunks = Buffer.concat([
    chunk('fmt ', formatExtension ? Buffer.concat([format, formatExtension]) : format),
    ...before,
    data,
    ...after,
  ]);
  const head = Buffer.from('RIFF____WAVE');
  head.writeUInt32LE(4 + chunks.length, 4);
  return Buffer.concat([head, chunks]);
}

/** A RIFF chunk, padded to an even length. */
export function chunk(id: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(id, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}
