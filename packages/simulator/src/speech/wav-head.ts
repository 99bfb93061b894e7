import { parseScript, type SpokenScript } from './spoken-script.ts';

/** What comes before the sound of a WAV or MP3 file. */
export interface WavHead {
  channels: number;
  sampleRateHz: number;
  bytesPerSecond: number;
  bitsPerSample: number;
  script?: SpokenScript;
  /** Where the samples begin, in bytes. */
  dataOffset: number;
  /** As the header claims; writers of streams leave 0 or 0xFFFFFFFF. */
  dataBytes: number;
}

export type WavHeadReading = { found: WavHead } | { problem: string } | 'incomplete';

const CHUNK_HEADER_BYTES = 8;
const FIRST_CHUNK_OFFSET = 12;

/** Reads the head of a WAV file from its first bytes. `incomplete` means: ask again with more of them. */
export function readWavHead(bytes: Buffer): WavHeadReading {
  if (bytes.length < FIRST_CHUNK_OFFSET) return 'incomplete';
  if (text(bytes, 0) !== 'RIFF' || text(bytes, 8) !== 'WAVE')
    return { problem: 'it does not begin with RIFF and WAVE' };
  let format: Omit<WavHead, 'dataOffset' | 'dataBytes'> | undefined;
  let script: SpokenScript | undefined;
  let offset = FIRST_CHUNK_OFFSET;
  while (offset + CHUNK_HEADER_BYTES <= bytes.length) {
    const id = text(bytes, offset);
    const size = bytes.readUInt32LE(offset + 4);
    const start = offset + CHUNK_HEADER_BYTES;
    if (id === 'data') {
      if (!format) return { problem: 'its data comes before its format' };
      return { found: { ...format, ...(script ? { script } : {}), dataOffset: start, dataBytes: size } };
    }
    if (start + size > bytes.length) return 'incomplete';
    const content = bytes.subarray(start, start + size);
    if (id === 'fmt ') format = readFormat(content);
    if (id === 'fmt ' && !format) return { problem: 'its format is none' };
    if (id === 'LIST' && text(content, 0) === 'INFO') script = readComment(content.subarray(4)) ?? script;
    offset = start + size + (size % 2);
  }
  return 'incomplete';
}

function readFormat(content: Buffer): Omit<WavHead, 'dataOffset' | 'dataBytes'> | undefined {
  if (content.length < 16) return undefined;
  const format = {
    channels: content.readUInt16LE(2),
    sampleRateHz: content.readUInt32LE(4),
    bytesPerSecond: content.readUInt32LE(8),
    bitsPerSample: content.readUInt16LE(14),
  };
  return format.channels > 0 && format.bytesPerSecond > 0 ? format : undefined;
}

/** The script in an INFO list, or nothing where the comment is somebody else's. */
function readComment(list: Buffer): SpokenScript | undefined {
  let offset = 0;
  while (offset + CHUNK_HEADER_BYTES <= list.length) {
    const size = list.readUInt32LE(offset + 4);
    const start = offset + CHUNK_HEADER_BYTES;
    if (text(list, offset) === 'ICMT') return parseScript(list.toString('latin1', start, start + size));
    offset = start + size + (size % 2);
  }
  return undefined;
}

const text = (bytes: Buffer, offset: number) => bytes.toString('latin1', offset, offset + 4);
