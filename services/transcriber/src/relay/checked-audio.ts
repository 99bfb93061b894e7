import { StageError } from '@onrecord/shared/event-log/failure-policy';
import type { AudioReader, AudioReading } from '../domain/audio-reader.ts';
import { beginsAsText, beginsAsWav, TELLING_BYTES } from '../domain/first-bytes.ts';
import { createLevelMeter, type MeasuredAudio } from '../domain/levels/level-meter.ts';
import type { AudioFormat, MediaFormat } from '../domain/media-format.ts';
import { createMp3Reader } from '../domain/mp3-reader.ts';
import { isShort } from '../domain/reported-audio.ts';
import { STAGES } from '../domain/stages.ts';
import { createWavReader } from '../domain/wav-reader.ts';
import type { OpenMedia } from '../media-source.ts';

/** How far into a file its format must be found; ordinary files have it within 36 bytes. */
const PREFACE_BYTES_MAX = 1024 * 1024;

/** Audio whose first bytes are known to be WAV or MP3 and whose end is checked while it is read. */
export interface CheckedAudio {
  format: AudioFormat;
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
 * Reads until the audio's format is known; nothing is handed on before.
 * @param wanted `mp3` takes a WAV as well: not every recording can be had as MP3
 * @param expectedSeconds audio that is markedly shorter is not ready yet; absent: any length is taken
 * @throws StageError `media-check` when this is none of it: transient for a text (an error page), permanent for other formats
 */
export async function checkAudio(
  media: OpenMedia,
  wanted: MediaFormat,
  expectedSeconds?: number,
): Promise<CheckedAudio> {
  const source = media.body[Symbol.asyncIterator]();
  const { format, preface, reader, ...begun } = await readPreface(source, wanted);
  let { seenBytes } = begun;
  const checkEnd = () => {
    requireWhole(reader, seenBytes, media.contentLength);
    const seconds = reader.durationSeconds();
    if (isShort(expectedSeconds, seconds)) throw tooSoon(seconds, expectedSeconds);
  };
  const meter = format.container === 'mp3' ? NOT_DECODED : createLevelMeter(format);
  const measure = (piece: Uint8Array) => {
    if (typeof meter !== 'string') meter.push(reader.samplesIn(piece));
  };
  // The piece that tells the format is the first that can have samples.
  const [last] = preface.slice(-1);
  if (last) measure(last);
  const push = (piece: Uint8Array) => {
    const reading = reader.push(piece);
    ({ seenBytes } = reading);
    if (reading.problem !== undefined) throw damaged(reading);
    measure(piece);
  };
  return {
    format,
    contentLength: media.contentLength,
    body: checkedBody(preface, source, push, checkEnd),
    durationSeconds: reader.durationSeconds,
    measured: () => (typeof meter === 'string' ? meter : meter.finish()),
  };
}

const NOT_DECODED = 'MP3 is not decoded: what it sounds like is not measured';

interface Begun {
  reader: AudioReader;
  format: AudioFormat;
  /** Everything that was read so far. */
  preface: Uint8Array[];
  seenBytes: number;
}

async function readPreface(source: AsyncIterator<Uint8Array>, wanted: MediaFormat): Promise<Begun> {
  const preface: Uint8Array[] = [];
  let reader: AudioReader | undefined;
  let seenBytes = 0;
  for (let next = await source.next(); !next.done; next = await source.next()) {
    preface.push(next.value);
    seenBytes += next.value.length;
    if (seenBytes < TELLING_BYTES) continue;
    const start = () => Buffer.concat(preface);
    const pushed = reader ? next.value : start();
    reader ??= wanted === 'wav' || beginsAsWav(pushed) ? createWavReader() : createMp3Reader();
    const reading = reader.push(pushed);
    const { format, problem } = reading;
    // Frames that were found tell MP3 for certain, whatever comes behind them in the same piece.
    if (problem !== undefined)
      throw format?.container === 'mp3' ? damaged(reading) : notAudio(start(), wanted, problem);
    if (format !== undefined) return { reader, format, preface, seenBytes };
    if (seenBytes > PREFACE_BYTES_MAX) throw notAudio(start(), wanted, 'it names no format');
  }
  throw tooShort(seenBytes);
}

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

function requireWhole(reader: AudioReader, seenBytes: number, contentLength: number | undefined): void {
  const missing = reader.missing();
  if (missing !== undefined) throw truncated(seenBytes, missing);
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

const tooShort = (bytes: number) =>
  new StageError(
    STAGES.mediaCheck,
    bytes === 0 ? 'the recording is empty' : `the recording ended within its header, after ${bytes} bytes`,
    { kind: 'transient' },
  );

/** It began as audio, so what broke it may be gone at the next try. */
const damaged = ({ problem, seenBytes }: AudioReading) =>
  new StageError(STAGES.mediaCheck, `the recording is damaged within its first ${seenBytes} bytes: ${problem}`, {
    kind: 'transient',
  });

/** An error page can come with status 200 and is gone at the next try; another audio format stays what it is. */
function notAudio(start: Uint8Array, wanted: MediaFormat, problem: string): StageError {
  const isText = beginsAsText(start);
  const begins = isText
    ? 'a text (XML, HTML or JSON)'
    : `the bytes ${Buffer.from(start.subarray(0, 8)).toString('hex')}`;
  return new StageError(
    STAGES.mediaCheck,
    `what was served is no ${wanted.toUpperCase()} recording: ${problem}; it begins with ${begins}`,
    { kind: isText ? 'transient' : 'permanent' },
  );
}
