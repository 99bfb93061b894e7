import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRAME_BYTES, mp3 } from '../testing/mp3.ts';
import type { AudioReading } from './audio-reader.ts';
import { readMp3Frame } from './mp3-frame.ts';
import { createMp3Reader } from './mp3-reader.ts';

const SAMPLES = 576;
const RATE_HZ = 8_000;
const [mono, stereo] = [await mp3({ seconds: 2 }), await mp3({ seconds: 2, channels: 2 })];
const framesIn = (bytes: Buffer) => bytes.length / FRAME_BYTES;

function readIn(pieces: readonly Uint8Array[]) {
  const reader = createMp3Reader();
  let reading: AudioReading | undefined;
  for (const piece of pieces) reading = reader.push(piece);
  return { ...reading, missing: reader.missing(), seconds: reader.durationSeconds() };
}

/** An ID3v2 tag of so many bytes, which look like frames to who does not skip them. */
function id3(bytes: number, { footer = false } = {}): Buffer {
  const size = [21, 14, 7, 0].map((shift) => (bytes >> shift) & 0x7f);
  const head = Buffer.from([...Buffer.from('ID3'), 4, 0, footer ? 0x10 : 0, ...size]);
  return Buffer.concat([head, Buffer.alloc(bytes + (footer ? 10 : 0), mono.subarray(0, 4))]);
}

/** The first frame as LAME leaves it where it can go back to the beginning: no sound, and how many frames follow. */
function infoFrame(frames: number): Buffer {
  const frame = Buffer.alloc(FRAME_BYTES);
  stereo.copy(frame, 0, 0, 4);
  frame.write('Info', 4 + 17, 'latin1');
  frame.writeUInt32BE(1, 4 + 17 + 4);
  frame.writeUInt32BE(frames, 4 + 17 + 8);
  return frame;
}

describe('an MP3', () => {
  it('tells its channels, its rate and how long it lasts', () => {
    const read = readIn([stereo]);
    expect(read).toMatchObject({ problem: undefined, missing: undefined, seenBytes: stereo.length });
    expect(read.format).toEqual({
      container: 'mp3',
      formatTag: 0x55,
      channels: 2,
      sampleRateHz: RATE_HZ,
      bytesPerSecond: 4_000,
      bitsPerSample: 0,
    });
    expect(read.seconds).toBe((framesIn(stereo) * SAMPLES) / RATE_HZ);
    expect(read.seconds).toBeCloseTo(2, 0);
    expect(readIn([mono]).format?.channels).toBe(1);
  });

  it('is read the same however its bytes are split', () => {
    const whole = Buffer.concat([id3(300), infoFrame(framesIn(stereo)), stereo, Buffer.from('TAG'.padEnd(128))]);
    const expected = readIn([whole]);
    expect(expected).toMatchObject({ problem: undefined, missing: undefined, format: { channels: 2 } });
    const cuts = fc.array(fc.nat(whole.length), { maxLength: 30 });
    fc.assert(
      fc.property(cuts, (places) => {
        const bounds = [0, ...places.sort((a, b) => a - b), whole.length];
        const pieces = bounds.slice(1).map((end, index) => whole.subarray(bounds[index], end));
        expect(readIn(pieces)).toEqual(expected);
      }),
    );
    expect(readIn([...whole].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  it.each([0, 1, 127, 128, 5_000])('may have a tag of %i bytes in front', (bytes) => {
    expect(readIn([id3(bytes), mono])).toMatchObject({ missing: undefined, seconds: readIn([mono]).seconds });
    expect(readIn([id3(bytes, { footer: true }), id3(3), mono])).toMatchObject({ missing: undefined });
  });

  it('is not whole with less than all of its last frame', () => {
    for (let bytes = 2 * FRAME_BYTES + 1; bytes < 3 * FRAME_BYTES; bytes += 1) {
      expect(readIn([mono.subarray(0, bytes)]).missing).toEqual(expect.any(String));
    }
    expect(readIn([mono.subarray(0, 3 * FRAME_BYTES)]).missing).toBeUndefined();
    expect(readIn([mono, Buffer.from('TAG')]).missing).toEqual(expect.any(String));
  });

  it('is not whole with fewer frames than its first one promises, which is no sound itself', () => {
    const frames = framesIn(stereo);
    expect(readIn([infoFrame(frames), stereo])).toMatchObject({
      missing: undefined,
      seconds: readIn([stereo]).seconds,
    });
    const cut = readIn([infoFrame(frames), stereo.subarray(0, -2 * FRAME_BYTES)]);
    expect(cut.missing).toContain(`${frames - 2} of the ${frames} frames`);
    expect(readIn([infoFrame(0), stereo]).missing).toBeUndefined();
  });

  it.each([
    ['XML', Buffer.from('<?xml version="1.0"?><Error/>')],
    ['a WAV', Buffer.from('RIFF\x24\0\0\0WAVEfmt ')],
    ['MPEG audio of layer II', Buffer.from('fffd8004', 'hex')],
    ['a bit rate that the head does not tell', Buffer.from('ffe30800', 'hex')],
    ['a forbidden bit rate', Buffer.from('ffe3f800', 'hex')],
    ['a reserved sample rate', Buffer.from('ffe34c00', 'hex')],
    ['a reserved version', Buffer.from('ffeb4000', 'hex')],
  ])('is not %s', (_what, bytes) => {
    expect(readIn([bytes])).toMatchObject({ format: undefined, problem: expect.stringContaining('neither') });
  });

  it('is not known by one head alone, which may be an accident', () => {
    const noise = Buffer.concat([mono.subarray(0, 4), Buffer.alloc(FRAME_BYTES, 7)]);
    expect(readIn([noise])).toMatchObject({
      format: undefined,
      problem: expect.stringContaining('the bytes 07070707'),
    });
    expect(readIn([mono.subarray(0, FRAME_BYTES)]).format).toBeUndefined();
  });

  it.each([
    ['something else', Buffer.from('<?xml')],
    ['frames of another kind', stereo],
    ['more behind the tag that ends it', Buffer.concat([Buffer.from('TAG'.padEnd(128)), mono])],
  ])('is damaged where %s follows', (_what, rest) => {
    expect(readIn([mono, rest]).problem).toContain(`behind ${framesIn(mono)} frame(s)`);
  });
});

// The lengths of ISO/IEC 11172-3, 2.4.3.1: 144 × bit rate ÷ sample rate, half of it for MPEG-2, and one byte more where it is padded.
it.each([
  ['fffb9000', { sampleRateHz: 44_100, bitsPerSecond: 128_000, bytes: 417, channels: 2, samples: 1_152 }],
  ['fffb9200', { bytes: 418 }],
  ['fffb94c4', { sampleRateHz: 48_000, bytes: 384, channels: 1 }],
  ['fff34064', { sampleRateHz: 22_050, bitsPerSecond: 32_000, bytes: 104, channels: 2, samples: 576 }],
  ['ffe318c4', { sampleRateHz: 8_000, bitsPerSecond: 8_000, bytes: 72, channels: 1, samples: 576 }],
])('knows how long the frame of %s is', (head, frame) => {
  expect(readMp3Frame(Buffer.from(head, 'hex'))).toMatchObject(frame);
});
