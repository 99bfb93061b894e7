/**
 * Reads a WAV header from a stream, whatever the sizes of the pieces it comes in.
 * Source: "Multimedia Programming Interface and Data Specifications 1.0" (RIFF), and Microsoft's WAVEFORMATEX.
 */
export interface WavFormat {
  /** 1 PCM, 6 A-law, 7 μ-law, 0xFFFE extensible. */
  formatTag: number;
  channels: number;
  sampleRateHz: number;
  bytesPerSecond: number;
  bitsPerSample: number;
}

export interface WavData {
  /** Bytes before the first sample. */
  offset: number;
  /** As the header claims; `undefined` where it claims nothing usable (0 or 0xFFFFFFFF, as streaming writers leave it). */
  bytes: number | undefined;
}

export interface WavHeader {
  /** Bytes seen so far, of the header and after it. */
  seenBytes: number;
  format: WavFormat | undefined;
  data: WavData | undefined;
  /** Why this is no usable WAV; reading on changes nothing. */
  problem: string | undefined;
}

export interface WavHeaderReader {
  /** Takes the next piece; cheap once the header is complete. */
  push(piece: Uint8Array): WavHeader;
}

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
/** What is read of a `fmt ` chunk; the rest (extension, sub-format) is skipped. */
const FORMAT_BYTES = 16;
const UNKNOWN_SIZES = [0, 0xff_ff_ff_ff];

type Reading =
  | { part: 'riff' }
  | { part: 'chunk' }
  | { part: 'format'; chunkBytes: number }
  | { part: 'skip'; bytes: number }
  | { part: 'done' };

export function createWavHeaderReader(): WavHeaderReader {
  const header: WavHeader = { seenBytes: 0, format: undefined, data: undefined, problem: undefined };
  let reading: Reading = { part: 'riff' };
  let pending = new Uint8Array(0);
  /** Position of `pending` in the file. */
  let position = 0;

  const take = (bytes: number): DataView | undefined => {
    if (pending.length < bytes) return undefined;
    const view = new DataView(pending.buffer, pending.byteOffset, bytes);
    pending = pending.subarray(bytes);
    position += bytes;
    return view;
  };

  /** Reads one part; false when more bytes are needed. */
  const step = (): boolean => {
    if (reading.part === 'skip') {
      const bytes = Math.min(reading.bytes, pending.length);
      take(bytes);
      reading = bytes === reading.bytes ? { part: 'chunk' } : { part: 'skip', bytes: reading.bytes - bytes };
      return reading.part === 'chunk';
    }
    if (reading.part === 'format') {
      const view = take(FORMAT_BYTES);
      if (view) {
        header.format = readFormat(view);
        header.problem = problemOf(header.format);
        reading = skip(reading.chunkBytes - FORMAT_BYTES);
      }
      return view !== undefined;
    }
    const view = take(reading.part === 'riff' ? RIFF_HEADER_BYTES : CHUNK_HEADER_BYTES);
    if (!view) return false;
    if (reading.part === 'riff') {
      if (!isRiffWave(view)) header.problem = 'it does not begin with RIFF and WAVE';
      reading = { part: 'chunk' };
      return true;
    }
    reading = readChunkHeader(view, position, header);
    return reading.part !== 'done';
  };

  return {
    push(piece) {
      header.seenBytes += piece.length;
      if (reading.part === 'done' || header.problem !== undefined) return header;
      pending = joined(pending, piece);
      while (header.problem === undefined && step());
      return header;
    },
  };
}

function readChunkHeader(view: DataView, position: number, header: WavHeader): Reading {
  const id = ascii(view, 0);
  const bytes = view.getUint32(4, true);
  if (id === 'data') {
    if (!header.format) header.problem = 'its data comes before its format';
    header.data = { offset: position, bytes: UNKNOWN_SIZES.includes(bytes) ? undefined : bytes };
    return { part: 'done' };
  }
  if (id !== 'fmt ') return skip(bytes);
  if (bytes < FORMAT_BYTES) header.problem = `its format chunk has ${bytes} bytes instead of at least ${FORMAT_BYTES}`;
  return { part: 'format', chunkBytes: bytes };
}

/** Chunks are padded to an even length. */
const skip = (bytes: number): Reading => ({ part: 'skip', bytes: bytes + (bytes % 2) });

const ascii = (view: DataView, offset: number) =>
  String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(offset + index)));

const isRiffWave = (view: DataView) => ascii(view, 0) === 'RIFF' && ascii(view, 8) === 'WAVE';

const readFormat = (view: DataView): WavFormat => ({
  formatTag: view.getUint16(0, true),
  channels: view.getUint16(2, true),
  sampleRateHz: view.getUint32(4, true),
  bytesPerSecond: view.getUint32(8, true),
  bitsPerSample: view.getUint16(14, true),
});

const problemOf = (format: WavFormat): string | undefined =>
  format.channels === 0 || format.bytesPerSecond === 0
    ? `its format claims ${format.channels} channels at ${format.bytesPerSecond} bytes a second`
    : undefined;

function joined(head: Uint8Array<ArrayBuffer>, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(head.length + tail.length);
  all.set(head);
  all.set(tail, head.length);
  return all;
}

/** Missing bytes of a recording that ended after `totalBytes`; 0 when the header's claim is met or it claims nothing. */
export function missingBytes(data: WavData, totalBytes: number): number {
  return data.bytes === undefined ? 0 : Math.max(0, data.offset + data.bytes - totalBytes);
}

/** Seconds of audio in a recording of `totalBytes`, to the millisecond. */
export function durationSeconds(format: WavFormat, data: WavData, totalBytes: number): number {
  const bytes = Math.max(0, Math.min(data.bytes ?? Number.POSITIVE_INFINITY, totalBytes - data.offset));
  return Math.round((bytes / format.bytesPerSecond) * 1_000) / 1_000;
}
