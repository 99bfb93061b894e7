import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunk, wav } from '../testing/wav.ts';
import { createWavHeaderReader, durationSeconds, missingBytes, type WavHeader } from './wav-header.ts';

function readIn(pieces: readonly Uint8Array[]): WavHeader {
  const reader = createWavHeaderReader();
  let header = reader.push(new Uint8Array(0));
  for (const piece of pieces) header = reader.push(piece);
  return structuredClone(header);
}

function splitAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const bounds = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return bounds.slice(1).map((end, index) => bytes.subarray(bounds[index], end));
}

const comment = chunk('LIST', Buffer.concat([Buffer.from('INFO'), chunk('ICMT', Buffer.from('{"odd":1}'))]));

describe('the header of a WAV recording', () => {
  it('names channels, rate and where the data begins', () => {
    const header = readIn([wav({ channels: 2, seconds: 1 })]);
    expect(header.format).toMatchObject({ formatTag: 1, channels: 2, sampleRateHz: 8_000, bitsPerSample: 16 });
    expect(header.data).toEqual({ offset: 44, bytes: 32_000 });
    expect(header.problem).toBeUndefined();
  });

  it('is read the same however the bytes are split', () => {
    const whole = wav({
      channels: 2,
      seconds: 0.01,
      before: [comment, chunk('junk', Buffer.alloc(7))],
      after: [comment],
    });
    const expected = readIn([whole]);
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 40 }), (cuts) => {
        expect(readIn(splitAt(whole, cuts))).toEqual(expected);
      }),
    );
    expect(readIn([...whole].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  it('skips unknown chunks of odd length, which are padded', () => {
    const header = readIn([wav({ seconds: 1, before: [chunk('LIST', Buffer.from('INFOx'))] })]);
    expect(header.data).toEqual({ offset: 44 + 8 + 6, bytes: 16_000 });
  });

  it('tolerates a format chunk with an extension', () => {
    const header = readIn([wav({ seconds: 1, formatExtension: Buffer.alloc(24) })]);
    expect(header.data).toEqual({ offset: 68, bytes: 16_000 });
  });

  it.each([0, 0xff_ff_ff_ff])('counts what comes when a streaming writer left %d as the size', (size) => {
    const whole = wav({ seconds: 2, dataSize: size });
    const { data, format, seenBytes } = readIn([whole]);
    if (!data || !format) throw new Error('no header');
    expect(data.bytes).toBeUndefined();
    expect(missingBytes(data, seenBytes)).toBe(0);
    expect(durationSeconds(format, data, seenBytes)).toBe(2);
  });

  it('tells how many bytes are missing', () => {
    const whole = wav({ seconds: 1 });
    const { data, format, seenBytes } = readIn([whole.subarray(0, whole.length - 100)]);
    if (!data || !format) throw new Error('no header');
    expect(missingBytes(data, seenBytes)).toBe(100);
  });

  it('does not count a chunk after the data as audio', () => {
    const whole = wav({ seconds: 1, after: [comment] });
    const { data, format, seenBytes } = readIn([whole]);
    if (!data || !format) throw new Error('no header');
    expect(durationSeconds(format, data, seenBytes)).toBe(1);
    expect(missingBytes(data, seenBytes)).toBe(0);
  });

  it.each([
    ['an XML error', Buffer.from('<?xml version="1.0"?><TwilioResponse/>')],
    ['an mp3', Buffer.from('ID3\u0004\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000')],
    ['a RIFF of another kind', Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(4), Buffer.from('AVI LIST')])],
    ['data without a format', Buffer.concat([Buffer.from('RIFF____WAVE'), chunk('data', Buffer.alloc(10))])],
    ['a format without channels', wav({ seconds: 1, channels: 0 })],
  ])('refuses %s', (_what, bytes) => {
    expect(readIn([bytes]).problem).toBeDefined();
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        readIn([noise]);
        readIn([wav({ seconds: 0 }).subarray(0, 12), noise]);
      }),
    );
  });
});
