import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { beginsAsText } from '../domain/first-bytes.ts';
import { createLevelMeter, type MeasuredAudio } from '../domain/levels/level-meter.ts';
import { isShort } from '../domain/reported-audio.ts';
import { STAGES } from '../domain/stages.ts';
import {
  createWavHeaderReader,
  durationSeconds,
  missingBytes,
  type WavFormat,
  type WavHeader,
} from '../domain/wav-header.ts';
import type { OpenMedia } from '../media-source.ts';

/** How far into a file its format must be found; ordinary files have it within 36 bytes. */
const PREFACE_BYTES_MAX = 1024 * 1024;

/** Audio whose first bytes are known to be WAV and whose end is checked while it is read. */
export interface CheckedAudio {
  format: WavFormat;
  contentLength: number | undefined;
  /**
   * @throws StageError in place of its last piece when anything is missing, so that no reader takes a part for the whole: neither a
   * store, nor a provider that counts the bytes
   */
  body: AsyncIterable<Uint8Array>;
  /** After the end of `body`. */
  durationSeconds(): number;
  /** After the end of `body`: what was measured while it passed, or why nothing could be. */
  measured(): MeasuredAudio | string;
}

/**
 * Reads until the WAV format is known; nothing is handed on before.
 * @param expectedSeconds audio that is markedly shorter is not ready yet; absent: any length is taken
 * @throws StageError `media-check` when this is no WAV: transient for a text (an error page), permanent for other formats
 */
export async function checkAudio(media: OpenMedia, expectedSeconds?: number): Promise<CheckedAudio> {
  const reader = createWavHeaderReader();
  const source = media.body[Symbol.asyncIterator]();
  const preface: Uint8Array[] = [];
  let header: WavHeader = reader.push(new Uint8Array(0));
  while (header.format === undefined) {
    const next = await source.next();
    if (next.done) throw tooShort(header);
    preface.push(next.value);
    header = reader.push(next.value);
    if (header.problem !== undefined) throw notAudio(Buffer.concat(preface), header.problem);
    if (header.seenBytes > PREFACE_BYTES_MAX) throw notAudio(Buffer.concat(preface), 'it names no format');
  }
  const checkEnd = () => {
    requireWhole(header, media.contentLength);
    if (isShort(expectedSeconds, secondsOf(header))) throw tooSoon(secondsOf(header), expectedSeconds);
  };
  const meter = createLevelMeter(header.format);
  const measure = (piece: Uint8Array) => {
    if (typeof meter !== 'string') meter.push(samplesIn(piece, header));
  };
  // The piece that tells the format is the first that can have samples.
  const [last] = preface.slice(-1);
  if (last) measure(last);
  const push = (piece: Uint8Array) => {
    header = reader.push(piece);
    if (header.problem !== undefined) throw notAudio(piece, header.problem);
    measure(piece);
  };
  return {
    format: header.format,
    contentLength: media.contentLength,
    body: checkedBody(preface, source, push, checkEnd),
    durationSeconds: () => secondsOf(header),
    measured: () => (typeof meter === 'string' ? meter : meter.finish()),
  };
}

/** The part of the piece that was read last which is the WAV's data. */
function samplesIn(piece: Uint8Array, { data, seenBytes }: WavHeader): Uint8Array {
  if (!data) return piece.subarray(0, 0);
  const start = seenBytes - piece.length;
  const end = data.offset + (data.bytes ?? Number.POSITIVE_INFINITY);
  return piece.subarray(Math.max(0, data.offset - start), Math.max(0, Math.min(piece.length, end - start)));
}

const secondsOf = ({ data, format, seenBytes }: WavHeader) =>
  format && data ? durationSeconds(format, data, seenBytes) : 0;

/** Each piece is handed on when the next one is there, and the last one when nothing is missing. */
async function* checkedBody(
  preface: readonly Uint8Array[],
  source: AsyncIterator<Uint8Array>,
  push: (piece: Uint8Array) => void,
  checkEnd: () => void,
): AsyncGenerator<Uint8Array> {
  yield* preface.slice(0, -1);
  let held = preface.at(-1);
  for (let next = await source.next(); !next.done; next = await source.next()) {
    push(next.value);
    if (held) yield held;
    held = next.value;
  }
  checkEnd();
  if (held) yield held;
}

function requireWhole({ data, seenBytes }: WavHeader, contentLength: number | undefined): void {
  if (!data) throw truncated(seenBytes, 'its header announces data that never came');
  const missing = missingBytes(data, seenBytes);
  if (missing > 0) throw truncated(seenBytes, `its header promises ${missing} more`);
  if (contentLength !== undefined && contentLength !== seenBytes) {
    throw truncated(seenBytes, `Content-Length promised ${contentLength}`);
  }
}

const truncated = (bytes: number, why: string) =>
  new StageError(STAGES.mediaCheck, `the recording ended after ${bytes} bytes, but ${why}`, { kind: 'transient' });

const tooSoon = (seconds: number, expectedSeconds: number | undefined) =>
  new StageError(
    STAGES.mediaNotReady,
    `${seconds} s of the recording were served, but ${expectedSeconds} s reported: it may still be being written`,
    { kind: 'transient' },
  );

const tooShort = (header: WavHeader) =>
  new StageError(
    STAGES.mediaCheck,
    header.seenBytes === 0
      ? 'the recording is empty'
      : `the recording ended within its header, after ${header.seenBytes} bytes`,
    { kind: 'transient' },
  );

/** An error page can come with status 200 and is gone at the next try; another audio format stays what it is. */
function notAudio(start: Uint8Array, problem: string): StageError {
  const isText = beginsAsText(start);
  const begins = isText
    ? 'a text (XML, HTML or JSON)'
    : `the bytes ${Buffer.from(start.subarray(0, 8)).toString('hex')}`;
  return new StageError(
    STAGES.mediaCheck,
    `what was served is no WAV recording: ${problem}; it begins with ${begins}`,
    {
      kind: isText ? 'transient' : 'permanent',
    },
  );
}
