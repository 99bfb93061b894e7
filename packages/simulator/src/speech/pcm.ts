/** Telephone speech: 16-bit signed samples, 8,000 a second. */
export const SAMPLE_RATE_HZ = 8_000;
export const BYTES_PER_SAMPLE = 2;

export const secondsOf = (samples: number): number => samples / SAMPLE_RATE_HZ;
export const samplesOf = (milliseconds: number): number => Math.round((milliseconds * SAMPLE_RATE_HZ) / 1_000);

/** Adds two samples as a conference bridge does: what is too loud is clipped. */
export const mixed = (a: number, b: number): number => Math.max(-32_768, Math.min(32_767, a + b));

/** The samples of little-endian PCM bytes. */
export function toSamples(bytes: Uint8Array): Int16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int16Array.from({ length: Math.floor(bytes.byteLength / BYTES_PER_SAMPLE) }, (_, index) =>
    view.getInt16(index * BYTES_PER_SAMPLE, true),
  );
}

export function toBytes(samples: Int16Array): Buffer {
  const bytes = Buffer.alloc(samples.length * BYTES_PER_SAMPLE);
  samples.forEach((sample, index) => {
    bytes.writeInt16LE(sample, index * BYTES_PER_SAMPLE);
  });
  return bytes;
}
