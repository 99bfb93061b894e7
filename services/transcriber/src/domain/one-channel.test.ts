import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wav } from '../testing/wav.ts';
import { createDeinterleaver, inseparable, oneChannelHead } from './one-channel.ts';
import { createWavHeaderReader, type WavFormat } from './wav-header.ts';

const stereo: WavFormat = { formatTag: 1, channels: 2, sampleRateHz: 8_000, bytesPerSecond: 32_000, bitsPerSample: 16 };

it('gives each channel its own samples, wherever the pieces are cut', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.array(fc.integer({ min: 0, max: 64 })), (bytes, cuts) => {
      const deinterleave = createDeinterleaver(stereo);
      const edges = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
      const parts = edges.slice(1).map((edge, index) => deinterleave(bytes.subarray(edges[index], edge)));
      const channels = [0, 1].map((channel) => Buffer.concat(parts.map((part) => part[channel] ?? Buffer.alloc(0))));
      const frames = Math.floor(bytes.length / 4);
      for (let frame = 0; frame < frames; frame += 1) {
        const at = frame * 4;
        expect(channels[0]?.subarray(frame * 2, frame * 2 + 2)).toEqual(Buffer.from(bytes.subarray(at, at + 2)));
        expect(channels[1]?.subarray(frame * 2, frame * 2 + 2)).toEqual(Buffer.from(bytes.subarray(at + 2, at + 4)));
      }
      expect(channels.map((channel) => channel.length)).toEqual([frames * 2, frames * 2]);
    }),
  );
});

it('writes a header that is read again as one channel', () => {
  const mono = wav({ seconds: 1, channels: 1 });
  const header = createWavHeaderReader().push(oneChannelHead(stereo, 16_000));
  expect(header).toMatchObject({
    format: createWavHeaderReader().push(mono).format,
    data: { offset: 44, bytes: 16_000 },
  });
  expect(createWavHeaderReader().push(oneChannelHead(stereo, undefined)).data?.bytes).toBeUndefined();
});

it.each([
  ['WAV format 2', { ...stereo, formatTag: 2, bitsPerSample: 4 }],
  ['samples of 12 bits', { ...stereo, bitsPerSample: 12 }],
])('refuses to part channels of %s', (problem, format) => {
  expect(inseparable(format)).toBe(problem);
  expect(inseparable({ ...format, channels: 1 })).toBeUndefined();
});
