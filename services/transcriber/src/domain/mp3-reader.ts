import type { AudioReader, AudioReading } from './audio-reader.ts';
import { MP3_FORMAT_TAG } from './media-format.ts';
import { FRAME_HEAD_BYTES, isOfSameStream, type Mp3Frame, readMp3Frame } from './mp3-frame.ts';

/** Flags and size of an ID3v2 tag, behind `ID3` and its version. Source: id3.org, "ID3 tag version 2.4.0", section 3.1. */
const ID3_REST_BYTES = 6;
const ID3_FOOTER_BYTES = 10;
/** Source: id3.org, "ID3v1": the last 128 bytes of a file, beginning with `TAG`. */
const ID3_V1_BYTES = 128;
/** Of the first frame: room for the longest side information, `Xing`, flags and a number of frames. */
const INFO_BYTES = 32 + 12;
const INFO_HAS_FRAMES = 1;
/** Writers disagree on whether the frame that says how many there are is one of them. */
const FRAMES_TOLERANCE = 1;

type Part = 'head' | 'id3' | 'first frame';

/** Follows an MP3 from frame to frame: ID3v2 tags, frames of one kind, at the end perhaps an ID3v1 tag, and nothing else. */
export function createMp3Reader(): AudioReader {
  const reading: AudioReading = { seenBytes: 0, format: undefined, problem: undefined };
  const held = new Uint8Array(INFO_BYTES);
  let heldBytes = 0;
  /** What is read next, of so many bytes, behind so many that are passed over. */
  let next: { part: Part; bytes: number; skipBytes: number } = { part: 'head', bytes: FRAME_HEAD_BYTES, skipBytes: 0 };
  let first: Mp3Frame | undefined;
  let frames = 0;
  let promisedFrames: number | undefined;
  let isEnded = false;

  const readHead = (bytes: Uint8Array): typeof next => {
    const text = Buffer.from(bytes).toString('latin1');
    if (!first && text.startsWith('ID3')) return { part: 'id3', bytes: ID3_REST_BYTES, skipBytes: 0 };
    if (reading.format && !isEnded && text.startsWith('TAG')) {
      isEnded = true;
      return headAfter(ID3_V1_BYTES - FRAME_HEAD_BYTES);
    }
    const frame = isEnded ? undefined : readMp3Frame(bytes);
    if (!frame || (first && !isOfSameStream(first, frame))) {
      reading.problem = first
        ? `behind ${frames} frame(s) comes none of the same kind, but ${hex(bytes)}`
        : 'it begins neither with an ID3 tag nor with an MP3 frame';
      return next;
    }
    frames += 1;
    const restBytes = frame.bytes - FRAME_HEAD_BYTES;
    if (first) {
      // Two heads in the right distance are no accident.
      reading.format ??= formatOf(first);
      return headAfter(restBytes);
    }
    first = frame;
    return { part: 'first frame', bytes: Math.min(restBytes, INFO_BYTES), skipBytes: 0 };
  };

  const read = (bytes: Uint8Array): typeof next => {
    if (next.part === 'id3') return headAfter(id3Bytes(bytes));
    if (next.part === 'head' || !first) return readHead(bytes);
    const info = readInfo(bytes.subarray(first.sideInfoBytes));
    if (info) {
      frames = 0;
      promisedFrames = info.frames;
    }
    return headAfter(first.bytes - FRAME_HEAD_BYTES - bytes.length);
  };

  return {
    push(piece) {
      reading.seenBytes += piece.length;
      for (let at = 0; at < piece.length && reading.problem === undefined; ) {
        const skipped = Math.min(next.skipBytes, piece.length - at);
        next.skipBytes -= skipped;
        const taken = piece.subarray(at + skipped, at + skipped + next.bytes - heldBytes);
        held.set(taken, heldBytes);
        heldBytes += taken.length;
        at += skipped + taken.length;
        if (heldBytes < next.bytes) continue;
        heldBytes = 0;
        next = read(held.subarray(0, next.bytes));
      }
      return reading;
    },
    samplesIn: (piece) => piece.subarray(0, 0),
    missing() {
      if (next.skipBytes > 0) return `its last frame lacks ${next.skipBytes} more`;
      if (heldBytes > 0) return 'that is within the head of a frame';
      const promised = (promisedFrames ?? 0) - FRAMES_TOLERANCE;
      return frames < promised ? `it has ${frames} of the ${promisedFrames} frames that it promises` : undefined;
    },
    durationSeconds: () => (first ? Math.round(((frames * first.samples) / first.sampleRateHz) * 1_000) / 1_000 : 0),
  };
}

const headAfter = (skipBytes: number) => ({ part: 'head' as const, bytes: FRAME_HEAD_BYTES, skipBytes });

/** Behind the head of a tag; seven bits of each byte count, so that none can look like the head of a frame. */
function id3Bytes([, flags = 0, ...size]: Uint8Array): number {
  const bytes = size.reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
  return bytes + ((flags & 0x10) === 0 ? 0 : ID3_FOOTER_BYTES);
}

/**
 * A first frame without sound says what encoders know of the file: here, how many frames follow. Writers of streams leave 0.
 * Source: LAME, `VbrTag.c`.
 */
function readInfo(bytes: Uint8Array): { frames: number | undefined } | undefined {
  const info = Buffer.from(bytes);
  if (!['Xing', 'Info'].includes(info.toString('latin1', 0, 4)) || info.length < 12) return undefined;
  const frames = (info.readUInt32BE(4) & INFO_HAS_FRAMES) === 0 ? 0 : info.readUInt32BE(8);
  return { frames: frames === 0 ? undefined : frames };
}

const formatOf = ({ bitsPerSecond, channels, sampleRateHz }: Mp3Frame) => ({
  container: 'mp3' as const,
  formatTag: MP3_FORMAT_TAG,
  channels,
  sampleRateHz,
  /** Of the first frame: of all where the bit rate is constant, as Twilio's is. */
  bytesPerSecond: bitsPerSecond / 8,
  /** As of everything that is compressed. */
  bitsPerSample: 0,
});

const hex = (bytes: Uint8Array) => `the bytes ${Buffer.from(bytes).toString('hex')}`;
