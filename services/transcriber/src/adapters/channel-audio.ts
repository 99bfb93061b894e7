import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { createDeinterleaver, inseparable, oneChannelHead, WAV_HEAD_BYTES } from '../domain/one-channel.ts';
import { STAGES } from '../domain/stages.ts';
import { createWavHeaderReader, type WavHeader } from '../domain/wav-header.ts';

export interface ChannelAudio {
  /** A WAV of one channel, or what came in one piece. */
  body: Readable;
  bytes: number | undefined;
}

export interface SplitAudio {
  channels: readonly ChannelAudio[];
  /**
   * Reads the audio to its end and feeds the channels, at the pace of the slowest one. A channel that nobody reads any more is left
   * out. Resolves with whether every channel took everything.
   * @throws the audio's own error, with which the channels end too; the signal's reason
   */
  pump(signal: AbortSignal): Promise<boolean>;
}

/** Audio that nobody here looks into, as one stream; of several channels, they are mixed where it is decoded. */
export function asItIs(audio: Readable, bytes: number | undefined): SplitAudio {
  const body = new PassThrough();
  body.on('error', () => {});
  return { channels: [{ body, bytes }], pump: (signal) => pump(audio[Symbol.asyncIterator](), [body], [], signal) };
}

/** Room for what a file may say about itself (LIST chunks) before its samples. */
const HEAD_BYTES_MAX = 1024 * 1024;

/**
 * Audio of several channels as so many streams of one, in one pass; of one channel as it is. What is held in memory is one piece of the
 * audio and the buffers of the streams.
 * @param bytes the length of `audio` where it is known
 * @throws StageError when it is no WAV or its channels cannot be told apart
 */
export async function splitChannels(audio: Readable, bytes: number | undefined): Promise<SplitAudio> {
  const source: AsyncIterator<Uint8Array> = audio[Symbol.asyncIterator]();
  const { head, header } = await readHead(source);
  const { data, format } = header;
  if (data === undefined || format === undefined) throw notSeparable(header.problem ?? 'it ends within its header');
  const problem = inseparable(format);
  if (problem !== undefined) throw notSeparable(problem);
  const sinks = Array.from({ length: format.channels }, () => new PassThrough());
  // Whoever reads a sink learns of its error; a sink that nobody reads any more has nobody to tell.
  for (const sink of sinks) sink.on('error', () => {});
  if (format.channels === 1) {
    return { channels: sinks.map((body) => ({ body, bytes })), pump: (signal) => pump(source, sinks, [head], signal) };
  }
  const length = Math.min(data.bytes ?? Number.POSITIVE_INFINITY, (bytes ?? Number.POSITIVE_INFINITY) - data.offset);
  const frameBytes = (format.bitsPerSample / 8) * format.channels;
  const dataBytes = Number.isFinite(length) ? Math.floor(Math.max(0, length) / frameBytes) * frameBytes : undefined;
  const channelBytes = dataBytes === undefined ? undefined : dataBytes / format.channels;
  const oneHead = oneChannelHead(format, channelBytes);
  for (const sink of sinks) sink.write(oneHead);
  const deinterleave = createDeinterleaver(format);
  let left = dataBytes ?? Number.POSITIVE_INFINITY;
  const split = (piece: Uint8Array) => {
    const samples = piece.subarray(0, Math.min(left, piece.length));
    left -= samples.length;
    return deinterleave(samples);
  };
  return {
    channels: sinks.map((body) => ({
      body,
      bytes: channelBytes === undefined ? undefined : WAV_HEAD_BYTES + channelBytes,
    })),
    pump: (signal) => pump(source, sinks, [head.subarray(data.offset)], signal, split),
  };
}

async function readHead(source: AsyncIterator<Uint8Array>): Promise<{ head: Buffer; header: WavHeader }> {
  const reader = createWavHeaderReader();
  const pieces: Uint8Array[] = [];
  let header = reader.push(new Uint8Array(0));
  while (header.data === undefined && header.problem === undefined && header.seenBytes < HEAD_BYTES_MAX) {
    const next = await source.next();
    if (next.done) break;
    pieces.push(next.value);
    header = reader.push(next.value);
  }
  return { head: Buffer.concat(pieces), header };
}

async function pump(
  source: AsyncIterator<Uint8Array>,
  sinks: readonly PassThrough[],
  preface: readonly Uint8Array[],
  signal: AbortSignal,
  split?: (piece: Uint8Array) => Uint8Array[],
): Promise<boolean> {
  const feed = (piece: Uint8Array) => {
    const parts = split?.(piece) ?? [piece];
    return Promise.all(sinks.map((sink, index) => write(sink, parts[index] ?? piece, signal)));
  };
  try {
    for (const piece of preface) await feed(piece);
    for (let next = await source.next(); !next.done; next = await source.next()) {
      signal.throwIfAborted();
      await feed(next.value);
    }
    const isWhole = sinks.every((sink) => !sink.destroyed);
    for (const sink of sinks) sink.end();
    return isWhole;
  } catch (error) {
    for (const sink of sinks) sink.destroy(error as Error);
    throw error;
  }
}

/** Waits while the reader is behind; what nobody reads any more is dropped. */
async function write(sink: PassThrough, piece: Uint8Array, signal: AbortSignal): Promise<void> {
  if (sink.destroyed || piece.length === 0 || sink.write(piece)) return;
  const settled = new AbortController();
  const waiting = { signal: AbortSignal.any([signal, settled.signal]) };
  try {
    await Promise.race([once(sink, 'drain', waiting), once(sink, 'close', waiting)]);
  } catch (error) {
    signal.throwIfAborted();
    // The sink's own error says only that nobody reads it any more.
    if (!sink.destroyed) throw error;
  } finally {
    settled.abort();
  }
}

const notSeparable = (problem: string) =>
  new StageError(STAGES.transcriptionRequest, `the audio cannot be sent a channel at a time: ${problem}`, {
    kind: 'permanent',
  });
