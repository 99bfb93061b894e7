import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SAMPLE_RATE_HZ } from '../speech/pcm.ts';
import { writeWav } from '../speech/wav.ts';
import { readWavHead } from '../speech/wav-head.ts';

/** What may be wrong with audio that is answered with status 200. */
export const mediaSpoil = z.enum([
  /** An error in place of the audio, as some gateway in between makes it. */
  'xml-error',
  'json-error',
  /** Another format under the name of a WAV, or of an MP3. */
  'mp3',
  'wav',
  'empty',
  /** What writers of streams leave in a WAV header: a legitimate file of unknown sizes. */
  'streaming-sizes',
  /** The header promises more audio than there is. */
  'bad-sizes',
  /** One bit of the last byte is another: of an encrypted recording, of its tag. */
  'damaged-end',
  'no-length',
  /** Content-Length is more, or less, than what comes. */
  'long-length',
  'short-length',
  /** Half of it comes, and then nothing more. */
  'stall',
]);
export type MediaSpoil = z.output<typeof mediaSpoil>;

/** Between two pieces, in milliseconds: in one, an answer would get its Content-Length after all. */
const PIECE_PAUSE_MS = 20;
const LENGTH_DIFFERENCE_BYTES = 100;
const STREAMING_SIZE = 0xff_ff_ff_ff;

/** An answer with this wrong about it. */
export async function spoilMedia(answer: Response, spoil: MediaSpoil): Promise<Response> {
  const whole = Buffer.from(await answer.arrayBuffer());
  const body = spoilBody(whole, spoil);
  const headers = new Headers(answer.headers);
  headers.set('content-length', String(body.length));
  const status = answer.status;
  if (spoil === 'no-length') {
    headers.delete('content-length');
    return new Response(inPieces(body), { status, headers });
  }
  if (spoil === 'stall') return new Response(inPieces(body, { isStalled: true }), { status, headers });
  if (spoil === 'long-length' || spoil === 'short-length') {
    const difference = spoil === 'long-length' ? LENGTH_DIFFERENCE_BYTES : -LENGTH_DIFFERENCE_BYTES;
    headers.set('content-length', String(body.length + difference));
    // What is left, or lacking, must not be taken for the next answer.
    headers.set('connection', 'close');
    return new Response(inPieces(body), { status, headers });
  }
  return new Response(new Uint8Array(body), { status, headers });
}

function spoilBody(wav: Buffer, spoil: MediaSpoil): Buffer {
  if (spoil === 'xml-error') {
    return Buffer.from('<?xml version="1.0"?><TwilioResponse><RestException/></TwilioResponse>');
  }
  if (spoil === 'json-error') return Buffer.from('{"code":20500,"message":"Internal server error","status":500}');
  if (spoil === 'mp3') return Buffer.concat([Buffer.from('ID3\x04'), wav.subarray(44)]);
  if (spoil === 'wav') return writeWav({ channels: 1, samples: new Int16Array(SAMPLE_RATE_HZ) });
  if (spoil === 'empty') return Buffer.alloc(0);
  if (spoil === 'streaming-sizes') return withSizes(wav, () => STREAMING_SIZE);
  if (spoil === 'bad-sizes') return withSizes(wav, (bytes) => bytes * 2);
  if (spoil !== 'damaged-end') return wav;
  const last = wav.length - 1;
  return Buffer.concat([wav.subarray(0, last), Buffer.of(wav.readUInt8(last) ^ 1)]);
}

/** The same file with other sizes in its header; what is no WAV stays as it is. */
function withSizes(wav: Buffer, sizeOf: (bytes: number) => number): Buffer {
  const reading = readWavHead(wav);
  if (reading === 'incomplete' || 'problem' in reading) return wav;
  const changed = Buffer.from(wav);
  changed.writeUInt32LE(sizeOf(wav.length - 8), 4);
  changed.writeUInt32LE(sizeOf(reading.found.dataBytes), reading.found.dataOffset - 4);
  return changed;
}

function inPieces(body: Buffer, { isStalled = false } = {}): ReadableStream<Uint8Array> {
  const half = Math.ceil(body.length / 2);
  const pieces = [body.subarray(0, half), body.subarray(half)].map((piece) => new Uint8Array(piece));
  return new ReadableStream({
    pull: async (controller) => {
      await sleep(PIECE_PAUSE_MS, undefined, { ref: false });
      const piece = pieces.shift();
      if (piece === undefined) return controller.close();
      controller.enqueue(piece);
      if (isStalled) return new Promise(() => {});
    },
  });
}
