import { StageError } from '@onrecord/shared/event-log/failure-policy';
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
  /** @throws StageError at its end when bytes are missing, so that a reader never takes a part for the whole */
  body: AsyncIterable<Uint8Array>;
  /** After the end of `body`. */
  durationSeconds(): number;
}

/**
 * Reads until the WAV format is known; nothing is handed on before.
 * @throws StageError `media-check` when this is no WAV: transient for a text (an error page), permanent for other formats
 */
export async function checkAudio(media: OpenMedia): Promise<CheckedAudio> {
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
  return {
    format: header.format,
    contentLength: media.contentLength,
    body: checkedBody(preface, source, media.contentLength, (piece) => {
      header = reader.push(piece);
      return header;
    }),
    durationSeconds: () =>
      header.format && header.data ? durationSeconds(header.format, header.data, header.seenBytes) : 0,
  };
}

async function* checkedBody(
  preface: readonly Uint8Array[],
  source: AsyncIterator<Uint8Array>,
  contentLength: number | undefined,
  push: (piece: Uint8Array) => WavHeader,
): AsyncGenerator<Uint8Array> {
  let header = push(new Uint8Array(0));
  yield* preface;
  for (let next = await source.next(); !next.done; next = await source.next()) {
    header = push(next.value);
    if (header.problem !== undefined) throw notAudio(next.value, header.problem);
    yield next.value;
  }
  if (!header.data) throw truncated(header.seenBytes, 'its header announces data that never came');
  const missing = missingBytes(header.data, header.seenBytes);
  if (missing > 0) throw truncated(header.seenBytes, `its header promises ${missing} more`);
  if (contentLength !== undefined && contentLength !== header.seenBytes) {
    throw truncated(header.seenBytes, `Content-Length promised ${contentLength}`);
  }
}

const truncated = (bytes: number, why: string) =>
  new StageError(STAGES.mediaCheck, `the recording ended after ${bytes} bytes, but ${why}`, { kind: 'transient' });

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
  const isText = /^\s*[<{[]/.test(Buffer.from(start.subarray(0, 64)).toString('latin1'));
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
