import { createCipheriv, createHash } from 'node:crypto';
import { spreadWords } from '@onrecord/simulator/speech/spoken-script';
import { writeWav } from '@onrecord/simulator/speech/wav';
import { chance, shuffled, sidDigits } from './seeded.ts';

/** A recording whose audio is made again whenever it is asked for: a gigabyte of them needs no room. */
export interface SeededRecording {
  sid: string;
  accountSid: string;
  callSid: string;
  channels: 1 | 2;
  seconds: number;
  startedAt: string;
  bytes: number;
  /** Of the whole WAV file. */
  sha256: string;
  /** What its script says: the words belong to this recording alone. */
  text: string;
  /** The WAV file, piece by piece. */
  audio(): Generator<Buffer>;
}

const SECONDS_MAX = 600;
const MONO_SHARE = 0.25;
const STARTED_AT = '2026-11-20T09:00:00.000Z';
const BYTES_PER_CHANNEL_SECOND = 16_000;
const PIECE_BYTES = 256 * 1024;
/** Audio is cut from this, from another place for each recording. */
const POOL_BYTES = 4 * 1024 * 1024;

/** From 1 s to 10 min: as many short ones as calls have, so evenly spread over the logarithm of their length, shuffled. */
export function seedRecordings(seed: string, count: number): SeededRecording[] {
  const lengths = Array.from({ length: count }, (_, index) => Math.round(SECONDS_MAX ** (index / (count - 1))));
  const pool = noise(seed);
  return shuffled(lengths, seed, 'order').map((seconds, index) => seedRecording(seed, index, seconds, pool));
}

function seedRecording(seed: string, index: number, seconds: number, pool: Buffer): SeededRecording {
  const channels = chance(seed, 'mono', index) < MONO_SHARE ? 1 : 2;
  const sid = `RE${sidDigits(seed, 'recording', index)}`;
  const text = `This is recording ${sid.slice(2, 10)}.`;
  const audioBytes = seconds * channels * BYTES_PER_CHANNEL_SECOND;
  const head = wavHead({ sid, channels, audioBytes, text });
  const start = Math.floor(chance(seed, 'start', index) * (POOL_BYTES / 4)) * 4;
  function* audio() {
    yield head;
    for (let sent = 0; sent < audioBytes; ) {
      const at = (start + sent) % POOL_BYTES;
      const piece = pool.subarray(at, at + Math.min(PIECE_BYTES, audioBytes - sent));
      sent += piece.length;
      yield piece;
    }
  }
  const hash = createHash('sha256');
  for (const piece of audio()) hash.update(piece);
  return {
    sid,
    accountSid: `AC${sidDigits(seed, 'account')}`,
    callSid: `CA${sidDigits(seed, 'call', index)}`,
    channels,
    seconds,
    startedAt: STARTED_AT,
    bytes: head.length + audioBytes,
    sha256: hash.digest('hex'),
    text,
    audio,
  };
}

interface Head {
  sid: string;
  channels: 1 | 2;
  audioBytes: number;
  text: string;
}

/** All that comes before the samples. */
function wavHead({ sid, channels, audioBytes, text }: Head): Buffer {
  const spoken = { channel: 0, party: 'caller', start: 0, end: 1, text, words: spreadWords(text, 0, 1) };
  const script = { simulatorScript: 1 as const, recordingSid: sid, utterances: [spoken] };
  const head = writeWav({ channels, samples: new Int16Array(0), script });
  head.writeUInt32LE(head.length + audioBytes - 8, 4);
  head.writeUInt32LE(audioBytes, head.length - 4);
  return head;
}

function noise(seed: string): Buffer {
  const key = createHash('sha256').update(seed).digest().subarray(0, 16);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(POOL_BYTES));
}
