import type { AudioReader } from './audio-reader.ts';
import type { AudioFormat } from './media-format.ts';
import { createWavHeaderReader, durationSeconds, missingBytes } from './wav-header.ts';

/** Follows a WAV by its header. */
export function createWavReader(): AudioReader {
  const reader = createWavHeaderReader();
  let header = reader.push(new Uint8Array(0));
  let format: AudioFormat | undefined;
  return {
    push(piece) {
      header = reader.push(piece);
      if (header.format) format ??= { container: 'wav', ...header.format };
      return { seenBytes: header.seenBytes, format, problem: header.problem };
    },
    samplesIn(piece) {
      const { data, seenBytes } = header;
      if (!data) return piece.subarray(0, 0);
      const start = seenBytes - piece.length;
      const end = data.offset + (data.bytes ?? Number.POSITIVE_INFINITY);
      return piece.subarray(Math.max(0, data.offset - start), Math.max(0, Math.min(piece.length, end - start)));
    },
    missing() {
      if (!header.data) return 'its header announces data that never came';
      const bytes = missingBytes(header.data, header.seenBytes);
      return bytes > 0 ? `its header promises ${bytes} more` : undefined;
    },
    durationSeconds: () =>
      header.format && header.data ? durationSeconds(header.format, header.data, header.seenBytes) : 0,
  };
}
